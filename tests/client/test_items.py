"""A message as a timeline shows it."""

from datetime import UTC, datetime

from chatcore import (
    GENERAL,
    ClientId,
    Item,
    ItemState,
    UserId,
)


def test_an_item_says_when_as_an_aware_time() -> None:
    item = Item(GENERAL, 1, ClientId("c"), UserId("a" * 16), "hi", 1_700_000_000_123, ItemState.SENT)

    assert item.at == datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)

"""What stands between two messages, in both languages."""

from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest

from chatcore.client.items import Item, ItemState
from chatcore.domain.ids import ClientId, ConversationId, UserId
from chatcore.view.language import ENGLISH, load
from chatcore.view.separators import Separators, separators

NOW = datetime(2025, 10, 12, 15, 30, tzinfo=timezone(timedelta(hours=2)))


def item(day: int, hour: int = 12, seq: int | None = 1) -> Item:
    at = datetime(2025, 10, day, hour, tzinfo=UTC)
    return Item(
        ConversationId("d.a.b"), seq, ClientId("c"), UserId("b"), "hi", int(at.timestamp() * 1000), ItemState.READ
    )


@pytest.mark.parametrize(
    ("previous", "following", "day"),
    [
        (None, item(12), "Today"),
        (None, item(11), "Yesterday"),
        (item(11), item(12), "Today"),
        (item(9), item(10), "Friday, 10 October"),
        (item(12, 1), item(12, 2), ""),
        (item(11, 21), item(11, 22), "Today"),  # midnight in the viewer's time zone
        (item(11, 22), item(11, 23), ""),
        (item(12), item(11, seq=None), ""),  # waits, and this machine's clock is behind
        (item(12), item(11, seq=2), "Yesterday"),  # the server's clock had been wrong
    ],
)
def test_a_day_stands_before_its_first_message(previous: Item | None, following: Item, day: str) -> None:
    assert separators(previous, following, unread_seq=None, now=NOW, language=ENGLISH).day == day


def test_the_unread_line_stands_before_its_message_alone() -> None:
    texts = [
        separators(item(12), item(12, seq=seq), unread_seq=5, now=NOW, language=ENGLISH).unread
        for seq in (4, 5, 6, None)
    ]

    assert texts == ["", "Unread messages", "", ""]


def test_without_a_line_no_message_has_it_not_even_one_that_waits() -> None:
    assert separators(item(12), item(12, seq=None), unread_seq=None, now=NOW, language=ENGLISH).unread == ""


def test_both_may_stand_before_one_message() -> None:
    both = separators(item(11), item(12, seq=5), unread_seq=5, now=NOW, language=load("pl"))

    assert both == Separators("Dzisiaj", "Nieprzeczytane wiadomości")


@pytest.mark.parametrize(
    ("previous", "unread_seq", "goes_on"),
    [
        (item(12), None, True),
        (None, None, False),
        (attrs.evolve(item(12), sender=UserId("a")), None, False),
        (attrs.evolve(item(12), at_ms=item(12).at_ms - 6 * 60_000), None, False),
        (item(12), 2, False),
        (item(11), None, False),
    ],
)
def test_a_message_belongs_to_the_one_before_it_where_the_same_sender_goes_on_soon_after(
    previous: Item | None, unread_seq: int | None, *, goes_on: bool
) -> None:
    following = item(12, seq=2)

    between = separators(previous, following, unread_seq=unread_seq, now=NOW, language=ENGLISH)

    assert between.goes_on is goes_on

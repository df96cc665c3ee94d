"""What a frontend implements, and the changes by which it keeps its lists."""

from datetime import UTC, datetime

import pytest

from chatcore import (
    GENERAL,
    Change,
    ClientId,
    ConnectionPhase,
    ConnectionState,
    Insert,
    Item,
    ItemState,
    Message,
    Move,
    Observer,
    Remove,
    Reset,
    Update,
    User,
    UserId,
    apply_changes,
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Insert(0, "x"), ["x", "a", "b", "c"]),
        (Insert(3, "x"), ["a", "b", "c", "x"]),
        (Update(1, "x"), ["a", "x", "c"]),
        (Move(0, 2, "x"), ["b", "c", "x"]),
        (Move(2, 0, "x"), ["x", "a", "b"]),
        (Remove(1), ["a", "c"]),
        (Reset(("x", "y")), ["x", "y"]),
    ],
    ids=repr,
)
def test_a_change_does_what_it_says(change: Change[str], expected: list[str]) -> None:
    shown = ["a", "b", "c"]

    apply_changes(shown, [change])

    assert shown == expected


def test_changes_are_applied_in_their_order() -> None:
    shown: list[str] = []

    apply_changes(shown, [Insert(0, "a"), Insert(0, "b"), Move(1, 0, "c"), Remove(1)])

    assert shown == ["c"]


def test_an_observer_that_overrides_nothing_does_nothing() -> None:
    observer, user = Observer(), User(UserId("a" * 16), "alice", 1, 1)
    message = Message(GENERAL, 1, user.id, ClientId("c"), "hi", 0, 1, 1, 1)

    observer.connection_changed(ConnectionState(ConnectionPhase.ONLINE))
    observer.rows_changed([Reset(())])
    observer.timeline_changed(GENERAL, [Reset(())])
    observer.message_received(message)
    observer.messages_read(GENERAL, {1: 1})
    observer.skipped(GENERAL, 1, 2)
    observer.user_registered(user)
    observer.presence_changed(user, True)


def test_an_item_says_when_as_an_aware_time() -> None:
    item = Item(GENERAL, 1, ClientId("c"), UserId("a" * 16), "hi", 1_700_000_000_123, ItemState.SENT)

    assert item.at == datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)

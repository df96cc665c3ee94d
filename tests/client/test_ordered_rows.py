"""The list: always in order, and the changes that are told lead to it."""

from hypothesis import given
from hypothesis import strategies as st

from chatcore import Change, ConversationId, Insert, Move, Reset, Row, Update, UserId, apply_changes
from chatcore.client.ordered_rows import MANY, OrderedRows
from chatcore.domain.messages import Last
from chatcore.domain.roster import sort_key


def row(name: str, at: int | None = None, *, active: bool = False, unread: int = 0) -> Row:
    last = None if at is None else Last(1, UserId(name), "hi", 0, at)
    return Row(ConversationId(f"id of {name}"), name, UserId(name), active, unread, last)


rows = st.builds(
    row,
    st.sampled_from(["alice", "Alice", "bob", "carol", "Dave"]),
    st.none() | st.integers(1, 3),
    active=st.booleans(),
    unread=st.integers(0, 2),
)
steps = st.lists(rows | st.lists(rows, max_size=5, unique_by=lambda row: row.conversation) | st.none(), max_size=30)


@given(steps)
def test_whatever_happens_the_rows_are_in_order_and_the_changes_lead_to_them(
    steps: list[Row | list[Row] | None],
) -> None:
    roster, shown = OrderedRows(), list[Row]()

    for step in steps:
        match step:
            case Row():
                roster.put(step)
            case list():
                roster.reset(step)
            case None:
                apply_changes(shown, roster.take_changes())
                assert shown == roster.rows
        assert roster.rows == sorted(roster.rows, key=sort_key)

    apply_changes(shown, roster.take_changes())
    assert shown == roster.rows


@given(st.lists(rows, unique_by=lambda row: row.conversation, max_size=5).flatmap(st.permutations))
def test_any_order_of_arrival_gives_the_same_list(arrivals: list[Row]) -> None:
    one, other = OrderedRows(), OrderedRows()

    for each in arrivals:
        one.put(each)
    other.reset(reversed(arrivals))

    assert one.rows == other.rows == sorted(arrivals, key=sort_key)


def test_what_has_not_changed_is_not_told() -> None:
    roster = OrderedRows()
    roster.put(row("alice", 1))
    roster.take_changes()

    roster.put(row("alice", 1))

    assert roster.take_changes() == []


def test_a_row_that_stays_in_its_place_is_updated_and_one_that_does_not_is_moved() -> None:
    roster = OrderedRows()
    roster.reset([row("alice", 2), row("bob", 1)])
    roster.take_changes()

    roster.put(row("alice", 2, unread=1))
    roster.put(row("bob", 3))
    roster.put(row("carol"))

    assert roster.take_changes() == [
        Update(0, row("alice", 2, unread=1)),
        Move(1, 0, row("bob", 3)),
        Insert(2, row("carol")),
    ]


def test_very_many_changes_are_told_as_a_reset() -> None:
    roster, shown = OrderedRows(), list[Row]()
    for at in range(MANY + 1):
        roster.put(row("alice", at))

    changes: list[Change[Row]] = roster.take_changes()
    apply_changes(shown, changes)

    assert changes == [Reset((row("alice", MANY),))]
    assert shown == roster.rows


def test_a_row_is_found_by_its_conversation() -> None:
    roster = OrderedRows()
    roster.put(row("alice", 1))
    roster.put(row("alice", 2))

    assert roster.get(ConversationId("id of alice")) == row("alice", 2)
    assert roster.get(ConversationId("id of bob")) is None

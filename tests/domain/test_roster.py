"""The order of the list."""

from hypothesis import given
from hypothesis import strategies as st

from chatcore.domain.conversations import GENERAL
from chatcore.domain.ids import ConversationId, UserId
from chatcore.domain.messages import Last
from chatcore.domain.roster import Row, sort_key

ME = UserId("a" * 16)

rows = st.builds(
    Row,
    st.sampled_from([ConversationId(f"d.{n}") for n in range(8)]),
    st.sampled_from(["ann", "Ann", "bob", "żaba", ""]),
    active=st.booleans(),
    unread=st.integers(0, 2),
    last=st.none() | st.builds(Last, st.just(1), st.just(ME), st.just("hi"), st.integers(0, 3), st.integers(1, 3)),
)


def row(name: str, at: int | None = None, *, active: bool = False, conversation: str = "") -> Row:
    last = None if at is None else Last(1, ME, "hi", 0, at)
    return Row(ConversationId(conversation or f"d.{name}"), name, active=active, last=last)


def names(unsorted: list[Row]) -> list[str]:
    return [row.name for row in sorted(unsorted, key=sort_key)]


def test_the_newest_conversation_comes_first_and_those_without_messages_last() -> None:
    assert names([row("none"), row("old", 2), row("new", 4), row("first", 1), row("middle", 3)]) == [
        "new",
        "middle",
        "old",
        "first",
        "none",
    ]


def test_the_order_of_commits_counts_before_activity() -> None:
    assert names([row("old", 1, active=True), row("new", 2)]) == ["new", "old"]
    assert names([row("active", active=True), row("written", 1)]) == ["written", "active"]


def test_the_active_come_before_the_inactive_where_nothing_else_decides() -> None:
    assert names([row("a"), row("b", active=True)]) == ["b", "a"]
    assert names([row("a", 5), row("b", 5, active=True)]) == ["b", "a"]


def test_then_names_decide_whatever_their_case_and_then_ids() -> None:
    assert names([row("bob"), row("Carol"), row("ALICE")]) == ["ALICE", "bob", "Carol"]
    twins = [row("x", conversation="d.2"), row("X", conversation="d.1")]
    assert [twin.conversation for twin in sorted(twins, key=sort_key)] == ["d.1", "d.2"]


def test_the_general_chat_is_a_row_like_any_other() -> None:
    general = Row(GENERAL, "general", active=True)

    assert names([general, row("ann", active=True), row("zoe"), row("old", 1)]) == ["old", "ann", "general", "zoe"]


def test_a_clock_that_was_ahead_for_a_minute_keeps_no_conversation_at_the_top() -> None:
    ahead = Row(ConversationId("d.ahead"), "ahead", last=Last(7, ME, "from next year", 2_000_000_000_000, 7))
    later = Row(ConversationId("d.later"), "later", last=Last(2, ME, "today", 1_700_000_000_000, 8))

    assert names([ahead, later]) == ["later", "ahead"]


@given(st.lists(rows, unique_by=lambda row: row.conversation), st.data())
def test_the_order_is_total_so_every_order_of_arrival_gives_the_same_list(some: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(some))

    assert sorted(shuffled, key=sort_key) == sorted(some, key=sort_key)
    assert len({sort_key(row) for row in some}) == len(some)

"""The numbers of a conversation, as one user is told them."""

from hypothesis import given
from hypothesis import strategies as st

from chatcore.domain.conversations import GENERAL
from chatcore.domain.ids import ClientId, UserId
from chatcore.domain.messages import Last, Message, last
from chatcore.domain.tallies import Tally

ME, OTHER = UserId("a" * 16), UserId("b" * 16)


numbers = st.integers(0, 5)
tallies = st.builds(
    lambda seq, version: Tally(GENERAL, seq, seq, seq // 2, Last(seq, ME, str(seq), seq, seq), version * 2, version),
    numbers,
    numbers,
)


def message(sender: UserId, seq: int, live: int, own: int) -> Message:
    return Message(GENERAL, seq, sender, ClientId(f"{seq}"), f"text {seq}", seq * 10, live, own, seq)


@given(tallies, tallies, tallies)
def test_what_is_known_of_a_row_merges_in_any_order_and_any_number_of_times(
    one: Tally, two: Tally, three: Tally
) -> None:
    merged = one.merged(two).merged(three)

    assert merged == three.merged(one.merged(two)) == two.merged(three.merged(one)).merged(two)
    assert merged.seq == max(one.seq, two.seq, three.seq)
    assert merged.version == max(one.version, two.version, three.version)


def test_of_two_rows_each_half_is_taken_from_the_one_that_is_further() -> None:
    newer_head = Tally(GENERAL, 7, 7, 2, Last(7, OTHER, "seven", 70, 7), read=1, version=1)
    newer_reading = Tally(GENERAL, 5, 5, 2, Last(5, OTHER, "five", 50, 5), read=3, version=2)

    merged = newer_head.merged(newer_reading)

    assert merged == Tally(GENERAL, 7, 7, 2, Last(7, OTHER, "seven", 70, 7), read=3, version=2)
    assert merged.unread == 2


def test_a_message_of_somebody_else_makes_one_more_unread() -> None:
    tally = Tally(GENERAL, 4, 4, 1, None, 3, 2)
    new = message(OTHER, 5, 5, 2)

    after = tally.after(new, ME)

    assert (after.seq, after.live, after.own, after.last, after.unread) == (5, 5, 1, last(new), 1)
    assert (after.read, after.version) == (3, 2)


def test_an_own_message_makes_nothing_unread() -> None:
    after = Tally(GENERAL, 4, 4, 1, None, 2, 2).after(message(ME, 5, 5, 2), ME)

    assert (after.own, after.unread) == (2, 1)


def test_unread_counts_what_counts_and_is_never_below_zero() -> None:
    assert Tally(GENERAL, seq=9, live=6, own=2, read=1).unread == 3
    assert Tally(GENERAL, seq=9, live=6, own=2, read=5).unread == 0

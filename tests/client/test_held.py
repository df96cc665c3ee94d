"""What is held of a conversation: how far it has come, and whether something is to be pulled."""

import pytest

from chatcore.client.held import MAX_GAP, Held
from tests.client.replicas import tally


@pytest.mark.parametrize(
    ("held", "is_behind"),
    [
        (Held(tally(seq=5), is_known=True, shown=5, told=5), False),
        (Held(tally(seq=5), is_known=True, shown=4, told=5), True),
        (Held(tally(seq=4), is_known=True, shown=5, told=5), True),
        (Held(tally(seq=5), is_known=True, shown=5, told=6), True),
        (Held(tally(seq=5), is_known=False, shown=5, told=5), True),
    ],
    ids=["up to date", "position", "numbers", "heard of more", "not from the server"],
)
def test_it_is_behind_until_position_and_numbers_have_reached_what_was_heard_of(held: Held, *, is_behind: bool) -> None:
    assert held.is_behind is is_behind


def test_numbers_from_the_server_are_merged_by_the_greater() -> None:
    held = Held(tally(seq=5, read=1, version=1), is_known=False, shown=5, told=9, told_version=4)

    held.merge(tally(seq=3, read=2, version=2))

    assert (held.tally.seq, held.tally.read, held.tally.version) == (5, 2, 2)
    assert (held.is_known, held.told, held.told_version) == (True, 9, 4)


@pytest.mark.parametrize(("seq", "too_long"), [(7 + MAX_GAP, False), (8 + MAX_GAP, True)])
def test_a_gap_of_more_than_a_thousand_is_too_long(seq: int, *, too_long: bool) -> None:
    assert Held(tally(seq=seq), is_known=True, shown=7).is_gap_too_long is too_long

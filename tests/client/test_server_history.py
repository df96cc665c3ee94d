"""Which history a client's copy belongs to: the same, another one, or the same after a start of the server."""

import pytest

from chatcore import GENERAL
from chatcore.client.server_history import Continuity, ServerHistory
from chatcore.domain.generations import Point
from chatcore.wire import frames as f
from tests.client.replicas import tally


def snapshot(epoch: str = "e", generation: str = "first", number: int = 7, *, is_same: bool = True) -> f.Snapshot:
    return f.Snapshot(epoch, Point(generation, number, 3), is_same, (), tally(GENERAL), ())


def known() -> ServerHistory:
    history = ServerHistory()
    history.take(snapshot())
    return history


def test_before_the_first_snapshot_nothing_was_told() -> None:
    assert ServerHistory().point(0) is None


@pytest.mark.parametrize(
    ("next_one", "continuity"),
    [
        (snapshot(number=9), Continuity.SAME),
        (snapshot(generation="second"), Continuity.RENEWED),
        (snapshot(epoch="other"), Continuity.ANOTHER),
        (snapshot(is_same=False), Continuity.ANOTHER),
    ],
    ids=["gone on", "started again", "restored", "an older copy"],
)
def test_a_snapshot_tells_how_it_goes_on_with_what_is_held(next_one: f.Snapshot, continuity: Continuity) -> None:
    assert ServerHistory().take(next_one) is Continuity.FIRST
    assert known().take(next_one) is continuity


def test_what_was_told_last_is_the_newest_generation_and_the_greatest_number() -> None:
    history = known()

    history.hear(12)
    history.hear(9)

    assert history.point(4) == Point("first", 12, 4)


def test_a_snapshot_s_number_counts_even_where_it_is_smaller() -> None:
    history = known()
    history.hear(12)

    history.take(snapshot(number=5, is_same=False))

    assert history.point(3) == Point("first", 5, 3)

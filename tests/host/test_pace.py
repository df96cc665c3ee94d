"""A user's pace: a burst passes at once, what follows comes evenly, and a rest is paid back."""

from __future__ import annotations

from chatcore.adapters.websocket.accepted import _SEND_BUFFER
from chatcore.host.pace import BURST, LIGHT, RATE, Pace
from chatcore.host.send_queue import MAX_BYTES


def test_a_burst_passes_at_once_and_what_follows_evenly() -> None:
    pace = Pace(rate=100, burst=300)

    waits = [pace.take(100, now=7.0) for _ in range(5)]

    assert waits == [0, 0, 0, 1, 2]


def test_who_rests_gets_the_burst_again_and_no_more() -> None:
    pace = Pace(rate=100, burst=300)
    pace.take(500, now=0.0)

    after_a_while = pace.take(100, now=2.0)
    after_long = [pace.take(300, now=1_000.0), pace.take(100, now=1_000.0)]

    assert (after_a_while, after_long) == (1, [0, 1])


def test_what_comes_evenly_never_waits() -> None:
    pace = Pace(rate=100, burst=300)

    assert [pace.take(50, now=second / 2) for second in range(100)] == [0] * 100


def test_a_burst_is_less_than_may_wait_for_who_reads_nothing_of_it() -> None:
    assert BURST < MAX_BYTES + 2 * _SEND_BUFFER
    assert LIGHT * 100 < RATE

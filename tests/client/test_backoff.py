"""How long is waited before the next try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.client.backoff import CALM, CROWDED_MOST, FIRST, MOST, ROOMY, Backoff

ALMOST_ONE = 0.999


def test_the_longest_waits_double_from_half_a_second_to_thirty() -> None:
    backoff = Backoff(lambda: 1.0)

    waits = [backoff.delay(0.0) for _ in range(9)]

    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


@given(st.lists(st.floats(0, ALMOST_ONE), min_size=1, max_size=40))
def test_a_wait_is_any_part_of_the_longest(fractions: list[float]) -> None:
    chances = iter(fractions)
    backoff = Backoff(lambda: next(chances))

    for at, fraction in enumerate(fractions):
        longest = min(MOST, FIRST * 2**at)
        assert backoff.delay(0.0) == pytest.approx(longest * fraction)


def test_after_a_while_of_being_connected_the_next_loss_counts_as_the_first() -> None:
    backoff = Backoff(lambda: 1.0)
    for _ in range(5):
        backoff.delay(0.0)

    backoff.connected(100.0)

    assert backoff.delay(100.0 + CALM) == 0.5


def test_a_connection_that_lives_shorter_resets_nothing() -> None:
    backoff = Backoff(lambda: 1.0)
    backoff.delay(0.0)

    backoff.connected(100.0)

    assert backoff.delay(100.0 + CALM - 0.1) == 1.0


def test_failures_long_after_the_connection_was_lost_do_not_reset() -> None:
    backoff = Backoff(lambda: 1.0)
    backoff.connected(0.0)
    backoff.delay(CALM - 1)

    assert backoff.delay(1_000.0) == 1.0


def test_a_network_that_comes_and_goes_every_few_seconds_is_tried_at_once_each_time() -> None:
    backoff, waits = Backoff(lambda: 1.0), []

    for loss in range(10):
        backoff.connected(10.0 * loss)
        waits.append(backoff.delay(10.0 * loss + CALM))

    assert waits == [0.5] * 10


def test_who_is_pushed_out_waits_twice_as_long_each_time_however_long_they_were_in_between() -> None:
    backoff, waits, now = Backoff(lambda: 1.0), [], 0.0

    for _ in range(8):
        backoff.connected(now)
        now += ROOMY - 1
        waits.append(backoff.crowded(now))

    assert waits == [30, 60, 120, 240, 480, 960, CROWDED_MOST, CROWDED_MOST]
    backoff.connected(now)
    assert backoff.crowded(now + ROOMY) == 30


def test_who_is_pushed_out_waits_half_of_the_longest_pause_at_least() -> None:
    assert Backoff(lambda: 0.0).crowded(0.0) == 15

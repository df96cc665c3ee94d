"""What a message is dated when the clock jumps, and the time that sessions are judged by."""

import pytest

from chatcore.domain.jumps import JUMP_MS, TRUSTED_AFTER, TrustedTime, dated

NOON = 1_750_000_000_000
YEAR = 365 * 24 * 3_600_000


@pytest.mark.parametrize(
    ("now", "before", "date"),
    [
        (NOON + 1, NOON, NOON + 1),
        (NOON - 1, NOON, NOON),
        (NOON - JUMP_MS, NOON, NOON),
        (NOON - JUMP_MS - 1, NOON, NOON - JUMP_MS - 1),
        (NOON, NOON + YEAR, NOON),
        (NOON + YEAR, NOON, NOON + YEAR),
        (NOON, 0, NOON),
    ],
)
def test_a_date_is_raised_by_a_minute_at_most(now: int, before: int, date: int) -> None:
    assert dated(now, before) == date


def test_a_clock_that_goes_right_is_followed() -> None:
    time = TrustedTime(NOON, 10.0)

    jumps = [time.look(NOON + second * 1_000 + second * 5, 10.0 + second) for second in range(0, 100_000, 60)]

    assert set(jumps) == {0}
    assert abs(time.at(10.0 + 100_000) - NOON - 100_000_000) <= 1_000_000  # it drifts by 5 ms a second, and is followed
    assert time.at(10.0 + 100_000) > NOON + 100_000_000 + 400_000


@pytest.mark.parametrize("jump", [YEAR, -YEAR, JUMP_MS + 1])
def test_a_jump_is_told_once_and_counts_after_a_day(jump: int) -> None:
    time = TrustedTime(NOON, 0.0)

    assert time.look(NOON + jump, 0.0) == jump
    assert time.look(NOON + jump + 1_000, 1.0) == 0
    assert time.at(1.0) == NOON + 1_000
    time.look(NOON + jump + 86_399_000, TRUSTED_AFTER - 1)
    assert time.at(TRUSTED_AFTER) == NOON + 86_400_000
    time.look(NOON + jump + 86_400_000, TRUSTED_AFTER)
    assert time.at(TRUSTED_AFTER) == NOON + jump + 86_400_000


def test_a_clock_that_jumps_and_comes_back_changes_nothing() -> None:
    time = TrustedTime(NOON, 0.0)

    jumps = [time.look(NOON + YEAR, 0.0), time.look(NOON + 60_000, 60.0)]

    assert jumps == [YEAR, -YEAR]
    assert time.at(60.0) == NOON + 60_000
    time.look(NOON + 61_000, 61.0)
    assert time.at(61.0) == NOON + 61_000

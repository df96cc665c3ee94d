"""Rates: a burst at once and then evenly, in memory that a flood of keys does not fill."""

from __future__ import annotations

import math

import pytest

from chatcore.domain.rates import ANY, Buckets, Rate
from chatcore.errors import SlowDown


def test_a_burst_may_come_at_once_and_then_so_much_a_second() -> None:
    buckets: Buckets[str] = Buckets(Rate(10, 3))

    done = [0] * 50
    for second in range(5):
        for tenth in range(100):  # it is tried a hundred times a second
            now = second + tenth / 100
            if not buckets.wait("a", now):
                buckets.take("a", now)
                done[second] += 1

    assert done[:5] == [12, 10, 10, 10, 10]  # three at once, and the rest of the first second


def test_who_is_too_early_is_told_how_long_and_loses_nothing_by_asking() -> None:
    buckets: Buckets[str] = Buckets(Rate(2, 1))
    buckets.spend("a", 0.0)

    waits = []
    for now in (0.0, 0.1, 0.4):
        with pytest.raises(SlowDown) as refused:
            buckets.spend("a", now)
        waits.append(refused.value.wait)

    assert waits == [pytest.approx(wait) for wait in (0.5, 0.4, 0.1)]
    buckets.spend("a", 0.5)


def test_keys_count_for_themselves() -> None:
    buckets: Buckets[str] = Buckets(Rate(1, 1))

    buckets.spend("a", 0.0)
    buckets.spend("b", 0.0)

    assert (buckets.wait("a", 0.0), buckets.wait("c", 0.0)) == (1.0, 0.0)


def test_what_costs_more_takes_longer_and_the_dearest_comes_through_where_nothing_is_owed() -> None:
    buckets: Buckets[str] = Buckets(Rate(10, 20))

    buckets.spend("a", 0.0, 15)

    assert buckets.wait("a", 0.0, 5) == 0.0
    assert buckets.wait("a", 0.0, 10) == pytest.approx(0.5)
    assert buckets.wait("b", 0.0, 500) == 0.0
    buckets.spend("b", 0.0, 500)
    assert buckets.wait("b", 0.0) == pytest.approx(48.1)


def test_a_key_may_have_a_rate_of_its_own() -> None:
    buckets: Buckets[str] = Buckets(Rate(1, 1))

    for _ in range(5):
        buckets.spend("bot", 0.0, rate=Rate(10, 5))

    assert buckets.wait("bot", 0.0, rate=Rate(10, 5)) == pytest.approx(0.1)


def test_what_was_given_back_was_not_done() -> None:
    buckets: Buckets[str] = Buckets(Rate(1, 2))
    for _ in range(2):
        buckets.take("a", 0.0)

    buckets.give_back("a", 0.0)

    assert buckets.wait("a", 0.0) == 0.0
    buckets.give_back("a", 0.0)
    buckets.give_back("never", 0.0)
    assert len(buckets) == 0


def test_as_often_as_one_likes_keeps_nothing() -> None:
    buckets: Buckets[int] = Buckets(ANY)

    for number in range(1_000):
        buckets.spend(number % 3, 0.0)

    assert len(buckets) == 0


def test_a_million_keys_are_kept_in_the_room_for_a_few() -> None:
    buckets: Buckets[int] = Buckets(Rate(1, 1), most=1_000)

    largest = 0
    for number in range(1_000_000):
        buckets.take(number, number / 10_000)
        largest = max(largest, len(buckets))

    assert largest <= 1_000


def test_of_too_many_those_are_forgotten_that_owe_least() -> None:
    buckets: Buckets[str] = Buckets(Rate(1, 5), most=100)
    for _ in range(8):
        buckets.take("attacker", 0.0)

    for number in range(10_000):  # made-up names, to have the one in question forgotten
        buckets.take(f"made up {number}", 0.0)

    assert buckets.wait("attacker", 0.0) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("rate", "text"),
    [(Rate(50, 500), "50/s after 500"), (Rate(100 / 3600, 100), "100/h after 100"), (ANY, "off")],
)
def test_a_rate_says_itself(rate: Rate, text: str) -> None:
    assert str(rate) == text


@pytest.mark.parametrize(("per_second", "burst"), [(0, 1), (-1, 1), (1, 0), (math.nan, 1)])
def test_a_rate_of_nothing_is_none(per_second: float, burst: float) -> None:
    with pytest.raises(ValueError, match="is a number above 0"):
        Rate(per_second, burst)

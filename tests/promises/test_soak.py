"""What the soak calls a fault: memory that grows, answers that slow down, and a load that was none."""

from collections.abc import Callable

import pytest

from prove.soak import MAX_GROWTH, Load, judge
from prove.stopwatch import RATE, Times

LOAD = Load(clients=200, rate=50, stalled=5, seconds=60, edge=15, max_rise=2)
MEMORY = 50 * 2**20


def memory(growth: int = 0) -> list[tuple[float, int]]:
    """Return the memory of a server in each second, which grows by so much in the last half of them."""
    return [(second, MEMORY + growth * max(0, second - 30) // 29) for second in range(60)]


def waits(seconds: Callable[[float], float]) -> list[tuple[float, float]]:
    """Return how long each took, by when it began. One in fifty takes ten times as long: those are the p99."""
    return [(n / RATE, seconds(n / RATE) * (10 if n % 50 == 0 else 1)) for n in range(60 * RATE)]


def times(answer: Callable[[float], float], sync: Callable[[float], float] = lambda _: 0.001) -> Times:
    return Times(waits(answer), waits(sync))


STEADY = times(lambda _: 0.002)


def test_a_steady_server_has_no_fault_and_its_figures_are_told() -> None:
    outcome = judge(LOAD, 3_000, memory(), STEADY, 0)

    assert outcome.faults == []
    assert "memory 50 MiB, +0.0 MiB an hour" in outcome.figure
    assert "p99 of an answer 20.0 ms in the first 15 s, 20.0 ms in the last" in outcome.figure


def test_a_server_that_grows_is_a_fault() -> None:
    assert judge(LOAD, 3_000, memory(MAX_GROWTH), STEADY, 0).faults == []

    [fault] = judge(LOAD, 3_000, memory(MAX_GROWTH + 2**20), STEADY, 0).faults
    assert "grew" in fault


@pytest.mark.parametrize(("rise", "is_fault"), [(0.9, False), (1.9, False), (2.1, True), (10, True)])
def test_answers_that_slow_down_are_a_fault(rise: float, is_fault: bool) -> None:
    slowing = times(lambda at: 0.002 * (rise if at > 40 else 1))

    faults = judge(LOAD, 3_000, memory(), slowing, 0).faults

    assert ["more slowly" in fault for fault in faults] == [True] * is_fault


@pytest.mark.parametrize(("rise", "is_fault"), [(5, False), (7, True)])
def test_what_the_machine_became_slower_by_is_no_fault_of_the_server(rise: float, is_fault: bool) -> None:
    slowing = times(lambda at: 0.002 * (rise if at > 40 else 1), lambda at: 0.003 if at > 40 else 0.001)

    assert bool(judge(LOAD, 3_000, memory(), slowing, 0).faults) is is_fault


def test_a_machine_that_became_faster_hides_nothing_and_blames_nobody() -> None:
    quicker = times(lambda _: 0.002, lambda at: 0.001 if at > 40 else 0.01)

    assert judge(LOAD, 3_000, memory(), quicker, 0).faults == []


def test_a_load_that_was_not_written_is_a_fault_and_other_faults_are_kept() -> None:
    kept, fault = judge(LOAD, 2_600, memory(), STEADY, 0, ["one that the checker found"]).faults

    assert kept == "one that the checker found"
    assert "too busy" in fault

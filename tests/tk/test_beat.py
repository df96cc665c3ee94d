"""A call in the window's thread each second."""

from chatcore_tk.beat import Beat

from chatcore.testing import VirtualClock
from tests.tk.here import Here
from tests.turns import turns


async def test_it_beats_each_second_in_the_window_s_thread_until_the_network_ends() -> None:
    clock, network = VirtualClock(), Here()
    calls: list[object] = []
    Beat(network, calls.append, clock).start(print)
    await turns()
    before = list(calls)

    for _ in range(3):
        clock.elapse(1.0)
        await turns()
    beats = list(calls)
    await network.end()
    clock.elapse(9)
    await turns()

    assert (before, beats, calls) == ([], [print] * 3, [print] * 3)


async def test_a_clock_that_is_put_back_stops_nothing() -> None:
    clock, network = VirtualClock(), Here()
    calls: list[object] = []
    Beat(network, calls.append, clock).start(print)
    await turns()

    clock.step(-3_600_000)
    clock.elapse(1.0)
    await turns()
    await network.end()

    assert calls == [print]

"""The clock that is moved by hand: timers ring in order, and only when it is moved."""

import asyncio

import pytest

from chatcore.testing import VirtualClock
from tests.turns import turns


async def test_time_stands_still_until_it_is_moved() -> None:
    clock = VirtualClock()
    sleeping = asyncio.ensure_future(clock.sleep(1))

    await turns(50)

    assert not sleeping.done()
    assert clock.monotonic() == 0
    clock.advance()
    await sleeping
    assert clock.monotonic() == 1


async def test_timers_ring_by_time_and_then_in_the_order_in_which_they_were_set() -> None:
    clock, rung = VirtualClock(), list[str]()

    async def sleep(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        rung.append(f"{name} at {clock.monotonic()}")

    tasks = [asyncio.ensure_future(sleep(*each)) for each in [("c", 2), ("a", 1), ("b", 1), ("now", 0), ("past", -5)]]
    await turns()
    while clock.advance():
        await turns()

    assert rung == ["now at 0.0", "past at 0.0", "a at 1.0", "b at 1.0", "c at 2.0"]
    await asyncio.gather(*tasks)


async def test_an_hour_is_one_step() -> None:
    clock = VirtualClock()
    sleeping = asyncio.ensure_future(clock.sleep(3_600))
    await turns()

    assert clock.advance()
    await sleeping

    assert clock.monotonic() == 3_600
    assert not clock.advance()


async def test_a_timer_that_was_cancelled_does_not_move_the_clock() -> None:
    clock = VirtualClock()
    sleeping = asyncio.ensure_future(clock.sleep(5))
    await turns()

    sleeping.cancel()
    await asyncio.gather(sleeping, return_exceptions=True)

    assert not clock.advance()
    assert clock.monotonic() == 0


async def test_the_time_of_day_goes_with_it_and_may_step() -> None:
    clock = VirtualClock(start_ms=1_000)
    sleeping = asyncio.ensure_future(clock.sleep(1.5))
    await turns()
    clock.advance()
    await sleeping
    before = clock.now_ms()

    clock.step(-2_000)

    assert (before, clock.now_ms()) == (2_500, 500)
    assert clock.monotonic() == 1.5


async def test_a_block_that_takes_too_long_ends_with_timeout_error() -> None:
    clock = VirtualClock()

    async def wait() -> None:
        async with clock.timeout(10):
            await asyncio.Event().wait()

    waiting = asyncio.ensure_future(wait())
    await turns()
    clock.advance()

    with pytest.raises(TimeoutError):
        await waiting
    assert clock.monotonic() == 10


async def test_a_block_that_ends_in_time_leaves_no_timer() -> None:
    clock = VirtualClock()

    async with clock.timeout(10):
        pass

    assert not clock.advance()


async def test_a_block_without_a_limit_waits_for_ever() -> None:
    clock, event = VirtualClock(), asyncio.Event()

    async def wait() -> None:
        async with clock.timeout(None):
            await event.wait()

    waiting = asyncio.ensure_future(wait())
    await turns()

    assert not clock.advance()
    event.set()
    await waiting


async def test_who_passes_time_learns_when_a_timer_is_set() -> None:
    clock = VirtualClock()
    armed = asyncio.ensure_future(clock.armed())
    await turns()
    was_armed = armed.done()

    sleeping = asyncio.ensure_future(clock.sleep(1))
    await armed

    assert not was_armed
    clock.advance()
    await sleeping


async def test_time_passes_by_as_much_as_wanted_and_what_is_due_rings() -> None:
    clock, rung = VirtualClock(), []

    async def ring(after: float) -> None:
        await clock.sleep(after)
        rung.append(clock.monotonic())

    given_up, *sleepers = [asyncio.create_task(ring(after)) for after in (0.1, 0.25, 0.5, 2.0)]
    await turns()
    given_up.cancel()
    await turns()

    clock.elapse(0.75)
    await turns()

    assert (len(rung), clock.monotonic()) == (2, 0.75)
    for sleeper in sleepers:
        sleeper.cancel()

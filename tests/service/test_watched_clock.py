"""A jump of the clock is told in the log, and ends nobody's session."""

import logging

import pytest

from chatcore.client.connection_state import ConnectionPhase
from chatcore.service.context import DAY_MS
from chatcore.service.watched_clock import LOOK_EVERY, WatchedClock
from chatcore.testing.clock import START_MS, VirtualClock
from chatcore.testing.world import ChatWorld

YEAR_MS = 365 * DAY_MS


async def test_who_comes_back_while_the_clock_is_a_year_ahead_is_still_logged_in() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")

        world.clock.step(YEAR_MS)
        world.cut(alice)
        await world.settle(60)
        world.clock.step(-YEAR_MS)
        world.cut(bob)
        await world.settle(60)

        assert [client.connection.phase for client in (alice, bob)] == [ConnectionPhase.ONLINE] * 2
        assert alice.token
        assert bob.token


async def test_who_logs_in_while_the_clock_is_a_year_ahead_has_no_longer_session_than_others() -> None:
    async with ChatWorld() as world:
        await world.settle(1)
        world.clock.step(YEAR_MS)

        assert abs(world.host.ctx.watched_clock.trusted_ms() - START_MS) < 5_000


async def test_sessions_go_on_when_the_clock_stays_a_week_ahead() -> None:
    """It had been wrong before: what is right now is believed after a day, and nobody is logged out by it."""
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        world.clock.step(7 * DAY_MS)
        await world.settle(25 * 3_600)
        world.cut(alice)
        await world.settle(60)

        assert world.host.ctx.watched_clock.trusted_ms() == world.clock.now_ms()
        assert alice.connection.phase is ConnectionPhase.ONLINE


@pytest.mark.parametrize(("jump", "told"), [(YEAR_MS, "ahead by 365 days"), (-3_600_000, "back by 1:00:00")])
async def test_a_jump_is_told_once_though_nobody_asks(caplog: pytest.LogCaptureFixture, jump: int, told: str) -> None:
    with caplog.at_level(logging.WARNING, "chatcore.service"):
        async with ChatWorld() as world:
            await world.settle(LOOK_EVERY)
            world.clock.step(jump)
            await world.settle(3 * LOOK_EVERY)

    (line,) = caplog.messages
    assert f"the machine's clock has jumped {told}" in line


async def test_a_clock_that_is_set_right_by_seconds_is_not_worth_a_line(caplog: pytest.LogCaptureFixture) -> None:
    clock = VirtualClock()
    watched = WatchedClock(clock)

    clock.step(-30_000)

    assert watched.trusted_ms() == clock.now_ms()
    assert caplog.messages == []

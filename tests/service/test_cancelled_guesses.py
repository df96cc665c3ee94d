"""Who goes away before their password was looked at has not guessed."""

import asyncio

import pytest

from chatcore.domain.throttles import Throttles
from chatcore.errors import SlowDown, WrongCredentials
from chatcore.service import hash_turns
from chatcore.service.throttle import Throttle
from chatcore.testing.clock import VirtualClock
from tests.turns import turns

HOME = "192.0.2.1"


async def look(throttle: Throttle, account: str, done: asyncio.Event) -> None:
    async with throttle.guess(account, HOME):
        await done.wait()


async def left(throttle: Throttle) -> int:
    """Return how many guesses with Alice's account there may be still."""
    for count in range(99):
        try:
            async with throttle.guess("alice", HOME):
                raise WrongCredentials  # noqa: TRY301 - as the block within does
        except WrongCredentials:
            pass
        except SlowDown:
            return count
    raise AssertionError


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_log_in_that_is_given_up_while_it_waits_for_its_turn_is_no_guess() -> None:
    throttle, done = Throttle(Throttles(), VirtualClock()), asyncio.Event()
    busy = [asyncio.create_task(look(throttle, f"user{n}", done)) for n in range(hash_turns.AT_ONCE)]
    await turns()

    for _ in range(3 * Throttles().guesses):
        waiting = asyncio.create_task(look(throttle, "alice", done))
        await turns()
        await cancelled(waiting)
    done.set()
    await asyncio.gather(*busy)

    assert await left(throttle) == Throttles().guesses


async def test_who_leaves_while_the_password_is_looked_at_has_guessed() -> None:
    throttle, done = Throttle(Throttles(), VirtualClock()), asyncio.Event()

    for _ in range(2):
        looking = asyncio.create_task(look(throttle, "alice", done))
        await turns()
        await cancelled(looking)

    assert await left(throttle) == Throttles().guesses - 2

"""A host whose hashes are slow, and strangers who keep the queue for them full: who is honest gets in after a few."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial

import attrs
import pytest

from chatcore import Throttles
from chatcore.adapters.memory_link import link_pair
from chatcore.domain.caps import Caps
from chatcore.host.settings import HostSettings
from chatcore.ports.clock import Clock
from chatcore.service.hash_turns import AT_ONCE
from chatcore.testing import ChatWorld
from chatcore.testing import world as worlds
from chatcore.testing.fakes import QuickHasher
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from tests.host.raw import Raw, registered

HASH = 0.1
"""Virtual seconds that a hash takes."""

WAITING = 20
"""Passwords that may wait."""

FLOOD = 60
"""Strangers, each of whom wants a password looked at all the time."""

HONEST = 8


class SlowHasher(QuickHasher):
    """Takes its time, and counts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.looked = 0

    async def verify(self, password_hash: str | None, password: str) -> bool:
        self.looked += 1
        await self._clock.sleep(HASH)
        return await super().verify(password_hash, password)


@attrs.frozen
class Flooded:
    """The host, and what is done to it."""

    world: ChatWorld
    hasher: SlowHasher
    stack: AsyncExitStack

    async def come(self, address: str) -> Raw:
        """Open a link whose other end is at an address, and agree on the version."""
        near, far = link_pair()
        far.address = address
        raw, serving = Raw(near), asyncio.ensure_future(self.world.host.serve(far))
        self.stack.push_async_callback(asyncio.wait, [serving])
        self.stack.callback(near.abort)
        raw.say(f.Hello((f.VERSION,), f"instance of {id(raw)}"))
        await self.world.settle(0)
        return raw

    async def flood(self, address: str, name: str) -> None:
        """Have somebody there guess the password of a name, or of made-up ones where it has a {}, again and again."""
        raw = await self.come(address)
        pending = asyncio.ensure_future(self._guess_on(raw, name))
        self.stack.push_async_callback(asyncio.wait, [pending])
        self.stack.callback(pending.cancel)

    async def _guess_on(self, raw: Raw, name: str) -> None:
        asked = 0
        while raw.down is None:
            if asked == len(raw.of(f.ErrorFrame)):
                asked += 1
                wanted = name.format(f"{id(raw)}-{asked}"[-20:])
                raw.ask(partial(f.LogIn, name=wanted, password="a guess at it", told=None))
            await self.world.clock.sleep(HASH / 10)


@pytest.fixture
async def flooded(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Flooded]:
    hashers: list[SlowHasher] = []

    def make() -> SlowHasher:
        hashers.append(SlowHasher(world.clock))
        return hashers[-1]

    monkeypatch.setattr(worlds, "QuickHasher", make)
    settings = HostSettings(
        throttles=attrs.evolve(Throttles.off(), hashes=WAITING), caps=Caps(strangers_per_address=2 * FLOOD)
    )
    world = ChatWorld(settings=settings, latency=0.0)
    async with world, AsyncExitStack() as stack:
        yield Flooded(world, hashers[-1], stack)


@pytest.mark.parametrize(
    ("flood_from", "guessed", "honest_from"),
    [
        ("192.0.2.7", "made-up-{}", "198.51.100.{}"),
        ("2001:db8::{}", "made-up-{}", "198.51.100.{}"),
        ("192.0.2.7", "victim", "198.51.100.{}"),
        ("127.0.0.1", "victim", "127.0.0.1"),
        ("", "victim", ""),
    ],
)
async def test_strangers_who_keep_the_queue_full_keep_nobody_out_who_comes_from_elsewhere_or_to_another_account(
    flooded: Flooded, flood_from: str, guessed: str, honest_from: str
) -> None:
    world = flooded.world
    for number in range(HONEST):
        (await registered(world, f"honest-{number}")).link.abort()
    for number in range(FLOOD):
        await flooded.flood(flood_from.format(number), guessed)
    await world.settle(3 * HASH)
    waiting = world.host.ctx.throttle.waiting
    honest = [await flooded.come(honest_from.format(number)) for number in range(HONEST)]
    before = flooded.hasher.looked
    for number, raw in enumerate(honest):
        raw.ask(partial(f.LogIn, name=f"honest-{number}", password=PASSWORD, told=None))

    # Those under way, and as many at once a turn for each of the honest and now and then one of the flood's.
    await world.settle((2 + 2 * HONEST / AT_ONCE) * HASH)

    assert waiting >= WAITING - AT_ONCE  # it was full
    assert [len(raw.of(f.LoggedIn)) for raw in honest] == [1] * HONEST
    assert [raw.of(f.ErrorFrame) for raw in honest] == [[]] * HONEST
    assert flooded.hasher.looked - before >= HONEST

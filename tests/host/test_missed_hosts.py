"""Who has missed what, where several hosts have the hook: one tells at a time, and another goes on where it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import attrs

from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.leases import LEASE
from chatcore.host.host import Host
from chatcore.host.missed import JOB, TAKEN_EVERY
from chatcore.testing import ChatWorld
from chatcore.testing.beside import Beside
from tests.host.raw import Raw, between, registered
from tests.host.test_missed import AFTER, Told
from tests.host.two_hosts import second_host

HOSTS = 4


@attrs.define
class Installation:
    """A world whose own host has no hook, and hosts beside it that have one each."""

    world: ChatWorld
    told: list[Told]
    ends: list[AsyncExitStack]
    hosts: list[Host]
    kept: MemoryStorage

    @property
    def calls(self) -> list[str]:
        """All that was told, by whichever host."""
        return [call for told in self.told for call in told.calls]

    @property
    def teller(self) -> int:
        """Which host has the job."""
        (at,) = (n for n, told in enumerate(self.told) if told.begun)
        return at

    async def people(self) -> tuple[Raw, Raw]:
        """Register two, of whom the second is not there."""
        alice, bob = await registered(self.world, "alice"), await registered(self.world, "bob")
        await bob.link.close()
        await self.world.settle(AFTER + 2 * TAKEN_EVERY)
        return alice, bob


@asynccontextmanager
async def hosts() -> AsyncIterator[Installation]:
    kept = MemoryStorage()
    world = ChatWorld(storage=Beside(kept), latency=0)
    async with world:
        told, ends = [Told() for _ in range(HOSTS)], [AsyncExitStack() for _ in range(HOSTS)]
        seconds = [
            await end.enter_async_context(second_host(world, Beside(kept), seed=10 + n, hooks=one.hooks()))
            for n, (one, end) in enumerate(zip(told, ends, strict=True))
        ]
        yield Installation(world, told, ends, [second.host for second in seconds], kept)
        for end in ends:
            await end.aclose()


async def test_a_message_is_told_once_by_four_hosts() -> None:
    async with hosts() as installation:
        alice, bob = await installation.people()

        for n in range(5):
            alice.post(between(alice, bob), f"{n}")
            await installation.world.settle(1)
        await installation.world.settle(AFTER + 20 * TAKEN_EVERY)

        assert installation.calls == [f"{n} to bob" for n in range(5)]
        assert sum(bool(told.begun) for told in installation.told) == 1


async def test_where_the_one_that_tells_is_killed_another_makes_its_call_again_and_no_other() -> None:
    async with hosts() as installation:
        alice, bob = await installation.people()
        alice.post(between(alice, bob), "first")
        await installation.world.settle(AFTER + TAKEN_EVERY)
        teller = installation.teller
        installation.told[teller].wait = asyncio.Event()
        alice.post(between(alice, bob), "second")
        await installation.world.settle(AFTER + 1)
        under_way = [*installation.told[teller].begun]

        await installation.ends[teller].aclose()
        alice.post(between(alice, bob), "third")
        await installation.world.settle(AFTER + LEASE + 2 * TAKEN_EVERY)

        assert under_way == ["first to bob", "second to bob"]
        assert installation.calls.count("first to bob") == 1
        assert [call for n, told in enumerate(installation.told) if n != teller for call in told.begun] == [
            "second to bob",
            "third to bob",
        ]


async def test_a_host_that_has_lost_the_job_while_it_told_keeps_nothing_and_leaves_it_to_the_other() -> None:
    async with hosts() as installation:
        alice, bob = await installation.people()
        alice.post(between(alice, bob), "first")
        await installation.world.settle(AFTER + TAKEN_EVERY)
        teller = installation.teller
        goes_on = installation.told[teller].wait = asyncio.Event()
        alice.post(between(alice, bob), "second")
        await installation.world.settle(AFTER + 1)
        before = await installation.kept.positions(JOB)

        # As if it had been frozen: another host has the job, and it does not know yet.
        installation.kept._leases.take(JOB, "frozen out", 10**15)
        goes_on.set()
        await installation.world.settle(1)
        after = await installation.kept.positions(JOB)
        installation.kept._leases.leave(JOB, "frozen out")
        await installation.world.settle(AFTER)

        assert before == after
        assert installation.calls.count("second to bob") == 2
        assert installation.calls.count("first to bob") == 1


async def test_a_host_that_stops_in_peace_leaves_the_job_to_the_next_one() -> None:
    async with hosts() as installation:
        alice, bob = await installation.people()
        alice.post(between(alice, bob), "first")
        await installation.world.settle(AFTER + TAKEN_EVERY)
        teller = installation.teller

        alice.post(between(alice, bob), "second")
        await installation.world.settle(AFTER - 2)
        await installation.hosts[teller].drain()
        await installation.world.settle(TAKEN_EVERY + 3)  # less than a lease

        assert sorted(installation.calls) == ["first to bob", "second to bob"]
        assert installation.told[teller].calls == ["first to bob"]

"""The chat world: virtual time, one seed for all chance, and faults on request."""

from __future__ import annotations

import asyncio
import time

import pytest

from chatcore import GENERAL, ConnectionPhase, UserId
from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.generations import Point
from chatcore.domain.presence import GRACE
from chatcore.ports.storage import Overview
from chatcore.testing import ChatWorld
from chatcore.testing.slow_storage import Break
from chatcore.testing.world import DETECTION
from tests.client.replicas import Witness
from tests.turns import turns


async def test_the_example_of_the_surface_works() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await alice.post(await alice.conversation_with("bob"), "hi")
        await world.settle()
        assert bob.replica.rows[0].unread == 1


async def test_a_day_takes_no_time() -> None:
    begun = time.monotonic()  # noqa: TID251
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")

        await world.settle(24 * 3600)

        assert world.clock.monotonic() >= 24 * 3600
        assert [client.connection.phase for client in (alice, bob)] == [ConnectionPhase.ONLINE] * 2
    assert time.monotonic() - begun < 10  # noqa: TID251


async def history_of(seed: int) -> list[object]:
    async with ChatWorld(seed=seed, latency=0.5, delay=0.2) as world:
        alice, bob = await world.users("alice", "bob")
        bob.subscribe(witness := Witness())
        for number in range(10):
            alice.post_soon(GENERAL, str(number))
            if number == 5:
                world.cut(bob)
            await world.settle(0.3)
        await world.settle(60)
        return [world.clock.monotonic(), alice.token, *witness.told]


async def test_one_seed_decides_all_chance() -> None:
    assert await history_of(1) == await history_of(1)
    assert await history_of(1) != await history_of(2)


async def test_who_is_there_already_is_logged_in() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        (again,) = await world.users("alice")

        assert again is not alice
        assert again.me == alice.me
        assert again.token != alice.token


async def test_settling_lets_everything_happen_that_is_under_way() -> None:
    async with ChatWorld(latency=1.0) as world:
        alice, bob = await world.users("alice", "bob")
        posting = asyncio.ensure_future(alice.post(GENERAL, "hi"))

        await world.settle()

        assert posting.done()
        assert bob.replica.tally(GENERAL).unread == 1


async def test_settling_for_no_time_lets_happen_what_needs_none() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        before = world.clock.monotonic()
        alice.post_soon(GENERAL, "hi")

        await world.settle(0)

        assert world.clock.monotonic() == before
        assert bob.replica.tally(GENERAL).unread == 1


async def test_a_cut_client_loses_what_is_in_flight_and_comes_back() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        link = world.link(alice)

        world.cut(alice)
        await world.settle(0)
        during = alice.connection.phase
        await world.settle()

        assert during is ConnectionPhase.OFFLINE
        assert alice.connection.phase is ConnectionPhase.ONLINE
        assert world.link(alice) is not link


async def test_the_server_notices_a_vanished_client_late() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        world.network.listen(None)  # so that nobody can come back

        world.vanish(alice)
        await world.settle(DETECTION + GRACE - 1)
        before = (alice.connection.phase, bob.replica.is_active(alice.me.id))
        await world.settle(2)

        assert before == (ConnectionPhase.OFFLINE, True)
        assert not bob.replica.is_active(alice.me.id)


async def test_a_killed_server_keeps_what_is_committed() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await alice.post(GENERAL, "before")

        await world.kill()
        with pytest.raises(RuntimeError):
            _ = world.host
        await world.settle(5)
        await world.start()
        await world.start()
        await world.settle(60)

        assert [message.text for message in await bob.history(GENERAL)] == ["before"]


async def test_a_server_whose_storage_failed_is_started_again() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        host = world.host
        world.storage.breaks = Break.BEFORE

        message = await alice.post(GENERAL, "through the failure")

        assert message.seq == 1
        assert world.host is not host


class Mistaken(MemoryStorage):
    """Cannot give an overview of a user who has a message."""

    async def overview(self, user: UserId, limit: int, told: Point | None = None) -> Overview:
        overview = await super().overview(user, limit, told)
        assert overview.general.seq == 0, "a mistake"
        return overview


async def live_in_a_mistaken_world() -> None:
    async with ChatWorld(storage=Mistaken()) as world:
        (alice,) = await world.users("alice")
        await alice.post(GENERAL, "hi")
        world.cut(alice)
        await world.settle(1)


async def test_a_mistake_of_the_server_fails_the_test() -> None:
    with pytest.raises(ExceptionGroup, match="the server made mistakes") as caught:
        await live_in_a_mistaken_world()

    assert caught.group_contains(AssertionError, match="a mistake")


async def test_frames_may_take_time_and_keep_their_order() -> None:
    async with ChatWorld(delay=1.0) as world:
        alice, bob = await world.users("alice", "bob")
        bob.subscribe(witness := Witness())

        for number in range(10):
            alice.post_soon(GENERAL, str(number))
        await world.settle(60)

        assert witness.of("received") == [(GENERAL, seq) for seq in range(1, 11)]


async def test_a_server_can_be_killed_while_a_vanished_client_keeps_it_waiting() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        world.vanish(bob)
        begun = world.clock.monotonic()

        await world.kill()
        await world.start()
        await world.settle(10)

        assert world.clock.monotonic() - begun < 11
        assert alice.connection.phase is ConnectionPhase.ONLINE


async def test_a_world_whose_test_is_cancelled_ends_all_the_same() -> None:
    async def live() -> None:
        async with ChatWorld() as world:
            await world.users("alice", "bob")
            entered.set()
            await asyncio.Event().wait()

    for count in range(8):
        entered, before = asyncio.Event(), asyncio.all_tasks()
        living = asyncio.ensure_future(live())
        await entered.wait()
        living.cancel()
        await turns(count)
        living.cancel()
        await asyncio.wait([living])

        assert asyncio.all_tasks() <= before

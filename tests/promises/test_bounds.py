"""Promises 17 to 19: what one client, or too many, can cost. See docs/promises.md."""

import asyncio
from pathlib import Path

import pytest

from chatcore import GENERAL
from chatcore.adapters.memory_link import link_pair
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.websocket.accepted import _SEND_BUFFER
from chatcore.client import conversation
from chatcore.client.holdings import HELD_TIMELINES
from chatcore.domain.conversations import Conversation, direct
from chatcore.domain.ids import UserId
from chatcore.domain.presence import GRACE
from chatcore.host.send_queue import MAX_BYTES, MAX_FRAMES, SendQueue
from chatcore.ports.transport import OutFrame
from chatcore.service.known_users import MAX_KNOWN, KnownUsers
from chatcore.testing import ChatWorld
from chatcore.testing.contracts.storage_base import ALICE, NOON, post
from chatcore.testing.simulator.history import Witness
from chatcore.wire import frames as f
from tests.host.raw import registered, resumed
from tests.service.gated import GatedStorage
from tests.turns import turns

KIB = 1024


async def test_p17_who_does_not_read_is_cut_loses_nothing_and_keeps_nobody_waiting() -> None:
    async with ChatWorld(latency=0) as world:
        witness = Witness()
        alice, bob = await world.log_in("alice"), await world.log_in("bob", witness)
        bob.opened(GENERAL)
        await world.settle()
        link = world.link(bob)
        assert link is not None
        link.is_stalled = True

        waits = []
        for number in range(60):
            begun = world.clock.monotonic()
            await asyncio.wait_for(alice.post(GENERAL, f"{number} " + "x" * 3_900), 10)
            waits.append(world.clock.monotonic() - begun)
        cost = link.peer.backlog()
        await world.settle(60)

        assert max(waits) < 0.005
        assert cost == 0  # cut: nothing is kept for it
        assert [message.seq for message in witness.received[GENERAL]] == list(range(1, 61))


async def test_p17_a_stalled_connection_costs_at_most_512_kib_however_large_a_commit_is() -> None:
    near, far = link_pair()
    peaks = []
    write = near.write

    def watched(frames: object) -> None:
        write(frames)  # type: ignore[arg-type]
        peaks.append(near.backlog())

    near.write = watched  # type: ignore[method-assign]
    queue = SendQueue(near)

    queue.put([OutFrame(b"x" * 16 * KIB) for _ in range(1_000)])

    assert queue.is_cut
    assert max(peaks) <= 2 * MAX_BYTES
    # Linux takes twice of what a socket's buffer is set to.
    assert 2 * MAX_BYTES + 2 * _SEND_BUFFER <= 512 * KIB
    assert far.backlog() == 0


async def test_p18_what_waits_behind_a_snapshot_is_bounded() -> None:
    near, _ = link_pair()
    queue = SendQueue(near)
    queue.hold()

    for _ in range(MAX_FRAMES + 1):
        queue.put([OutFrame(b"x")])

    assert queue.is_cut


async def test_p18_the_heads_of_a_database_are_as_many_as_they_may_be(tmp_path: Path) -> None:
    async with SqliteStorage(tmp_path / "chat.db", heads=7) as storage:
        for number in range(50):
            other = UserId(f"{number:016x}")
            await storage.append([post(ALICE, direct(ALICE, other), f"c{number}")], NOON)
            await storage.append([post(other, GENERAL, f"g{number}")], NOON)

        heads = storage._opened.log._heads
        assert [len(heads.of), len(heads.owns), len(heads.tops)] == [7, 7, 7]


async def test_p18_the_users_that_are_known_to_exist_are_as_many_as_they_may_be(tmp_path: Path) -> None:
    async with SqliteStorage(tmp_path / "chat.db") as storage:
        known = KnownUsers(storage, limit=10)

        for number in range(25):
            known.add(UserId(f"{number:016x}"))

        assert len(known) <= 10
        assert MAX_KNOWN <= 100_000
        assert Conversation.of.cache_info().maxsize is not None


async def test_p18_connections_that_have_gone_leave_nothing_behind() -> None:
    async with ChatWorld(latency=0) as world:
        alice = await registered(world, "alice")
        for number in range(30):
            guest = await resumed(world, alice.token, f"instance {number}")
            guest.ask(lambda n: f.Mark(n, GENERAL, (1,)))
            guest.link.abort()
        alice.link.abort()
        await world.settle(GRACE + 5)

        sessions, passing = world.host._sessions, world.host._passing
        assert not any((list(sessions), sessions.digests, sessions.everybody, sessions.by_user))
        assert not any((passing._presence._sessions, passing._receipts))


async def test_p18_a_client_keeps_as_many_timelines_as_it_may() -> None:
    async with ChatWorld(latency=0) as world:
        alice, *others = await world.users("alice", *(f"user{n}" for n in range(15)))

        for other in others:
            alice.opened(direct(alice.me.id, other.me.id))
            await world.settle()

        assert len(alice.replica.held_timelines) <= HELD_TIMELINES


async def test_p18_what_a_long_displayed_timeline_let_go_of_can_be_loaded_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conversation, "DISPLAYED", 10)
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        alice.opened(GENERAL)
        await world.settle()
        for number in range(25):
            await bob.post(GENERAL, f"message {number}")
        await world.settle()
        held = [item.text for item in alice.replica.timeline(GENERAL)]

        while await alice.load_older(GENERAL, 4):
            pass

        assert held == [f"message {number}" for number in range(10, 25)]
        assert [item.text for item in alice.replica.timeline(GENERAL)] == [f"message {n}" for n in range(25)]


async def test_p19_overload_answers_busy_at_once_and_what_was_taken_is_still_stored() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        people = [await registered(world, f"user{n}") for n in range(3)]
        world.host.ctx.writer._max_pending = 100
        storage.gate.clear()

        for person in people:
            for number in range(60):
                person.post(GENERAL, "hello", f"c{number}")
        await turns(500)
        refused = [frame for person in people for frame in person.of(f.ErrorFrame)]
        acked_early = [frame for person in people for frame in person.of(f.Posted)]
        storage.gate.set()
        await world.settle()

        assert {frame.code for frame in refused} == {"busy"}
        assert acked_early == []
        # One batch is on its way to the storage, 100 wait for the next.
        assert len(refused) == 180 - sum(len(person.of(f.Posted)) for person in people)
        assert 60 <= len(refused) <= 80


async def test_p19_a_client_that_was_told_busy_tries_again_until_it_is_stored() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        clients = await world.users(*(f"user{n}" for n in range(5)))
        world.host.ctx.writer._max_pending = 2
        storage.gate.clear()
        for client in clients:
            client.post_soon(GENERAL, client.me.name)
        await turns(500)

        storage.gate.set()
        await world.settle(30)

        assert (await world.storage.tally(clients[0].me.id, GENERAL)).seq == 5

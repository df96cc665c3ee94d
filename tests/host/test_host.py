"""A running chat: one client id is one message, commits are shared, slow readers, draining and failure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from chatcore import GENERAL, Internal, StorageError, User, UserId
from chatcore.adapters.local_bus import LocalBus
from chatcore.adapters.memory_link import MemoryLink, link_pair
from chatcore.domain.events import ClientCameBack, MessagePosted, UserRegistered
from chatcore.host.host import Host
from chatcore.host.settings import HostSettings
from chatcore.ports.transport import OutFrame
from chatcore.testing import ChatWorld, VirtualClock
from chatcore.testing.fakes import QuickHasher, SeededIds
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from tests.host.raw import Raw, dial, registered, resumed
from tests.host.slow_to_close import SlowToClose
from tests.service.gated import GatedStorage
from tests.turns import turns

# ---- one client id, one message


async def test_the_same_post_on_two_connections_at_once_is_one_message_with_one_answer() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice = await registered(world, "alice")
        phone = await resumed(world, alice.token)
        storage.gate.clear()

        one = alice.post(GENERAL, "hello", "same")
        other = phone.post(GENERAL, "hello", "same")
        await turns(200)
        storage.gate.set()
        await world.settle()

        first, second = alice.answer(one), phone.answer(other)
        assert isinstance(first, f.Posted)
        assert isinstance(second, f.Posted)
        assert (first.seq, first.sent_at_ms) == (second.seq, second.sent_at_ms) == (1, first.sent_at_ms)
        assert {first.repeated, second.repeated} == {False, True}
        assert (await world.storage.tally(alice.me.id, GENERAL)).seq == 1


@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
async def test_the_same_post_days_later_gets_the_original_answer(*, restart: bool) -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        first = alice.post(GENERAL, "hello", "same")
        await world.settle()
        original = alice.answer(first)

        await world.settle(3 * 24 * 3600)
        if restart:
            await world.kill()
            await world.start()
        again = await resumed(world, alice.token)
        later = again.post(GENERAL, "hello", "same")
        other = again.post(GENERAL, "another text", "same")
        await world.settle()

        answer, refusal = again.answer(later), again.answer(other)
        assert isinstance(original, f.Posted)
        assert isinstance(answer, f.Posted)
        assert (answer.seq, answer.sent_at_ms) == (original.seq, original.sent_at_ms)
        assert isinstance(refusal, f.ErrorFrame)
        assert refusal.code == "conflict"
        assert (await world.storage.tally(bob.me.id, GENERAL)).seq == 1


async def test_seqs_have_no_holes_whatever_is_refused_or_repeated() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")

        for at in range(30):
            alice.post(GENERAL, "" if at % 3 == 0 else f"message {at}", f"a{at // 2}")
            bob.post(GENERAL, f"message {at // 2}", f"b{at // 2}")
        await world.settle()
        page = await world.storage.page(alice.me.id, GENERAL, after=0, before=None, limit=200)

        assert [message.seq for message in page.messages] == list(range(1, len(page.messages) + 1))
        assert len(page.messages) == 30
        heard = sorted(posted.seq for posted in [*alice.of(f.Posted), *bob.of(f.Posted)] if not posted.repeated)
        assert heard == list(range(1, 31))


# ---- shared commits


async def test_200_posts_at_once_share_commits() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        users = [await registered(world, f"user{number}") for number in range(10)]
        storage.gate.clear()

        for at in range(200):
            users[at % 10].post(GENERAL, f"message {at}", f"c{at}")
        await turns(300)
        storage.gate.set()
        await world.settle()

        assert sum(storage.batches) == 200
        assert len(storage.batches) <= 3
        posted = sorted(answer.seq for user in users for answer in user.of(f.Posted))
        assert posted == list(range(1, 201))


# ---- slow readers


async def test_who_does_not_read_is_cut_and_others_get_everything() -> None:
    async with ChatWorld(settings=HostSettings(max_backlog=20_000)) as world:
        alice, bob, carol = [await registered(world, name) for name in ("alice", "bob", "carol")]
        bob.link.is_stalled = True

        for at in range(40):
            alice.post(GENERAL, "x" * 1_000, f"c{at}")
            await world.settle(0.1)

        assert bob.down is not None
        assert not bob.down.clean
        assert [event.message.seq for event in carol.of(f.MessageEvent)] == list(range(1, 41))
        assert len(alice.of(f.Posted)) == 40


# ---- the end


async def test_draining_answers_what_is_under_way_and_then_says_goodbye() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice = await registered(world, "alice")
        storage.gate.clear()
        under_way = alice.post(GENERAL, "just in time", "c1")
        await turns(200)

        draining = asyncio.ensure_future(world.host.drain())
        await turns(50)
        late = alice.post(GENERAL, "too late", "c2")
        await turns(200)
        storage.gate.set()
        await draining
        await world.settle()

        refused = alice.answer(late)
        assert isinstance(alice.answer(under_way), f.Posted)
        assert isinstance(refused, f.ErrorFrame)
        assert refused.code == "busy"
        assert alice.heard[-1] == f.Closing("draining", "the server is restarting")
        assert alice.down
        assert alice.down.reason == "restarting"


async def test_draining_does_not_wait_for_ever_for_who_does_not_close() -> None:
    async with ChatWorld() as world:
        near, far = MemoryLink(), SlowToClose()
        near.peer, far.peer = far, near
        serving = asyncio.ensure_future(world.host.serve(far))
        begin = world.clock.monotonic()
        await world.settle(0)

        await world.host.drain()

        assert world.clock.monotonic() - begin < 10
        far.may_close.set()
        near.abort()
        await serving


async def test_a_failed_storage_is_told_to_the_operator_and_acknowledges_nothing() -> None:
    storage, clock = GatedStorage(), VirtualClock()
    async with Host(storage=storage, bus=LocalBus(), clock=clock, ids=SeededIds(), hasher=QuickHasher()) as host:
        near, far = link_pair()
        serving = asyncio.ensure_future(host.serve(far))
        alice = Raw(near)
        alice.say(f.Hello((f.VERSION,), "i"))
        alice.ask(lambda number: f.Register(number, "alice", PASSWORD))
        await turns(100)
        storage.error = StorageError("disk on fire")

        alice.post(GENERAL, "hello")
        with pytest.raises(StorageError, match="disk on fire"):
            await host.failure()

        assert alice.of(f.Posted) == []
        near.abort()
        await serving


async def test_a_storage_that_fails_to_read_is_a_failure_too() -> None:
    class Unreadable(GatedStorage):
        async def tally(self, *arguments: object) -> None:  # type: ignore[override]
            msg = "disk on fire"
            raise StorageError(msg)

    async with Host(
        storage=Unreadable(),  # type: ignore[arg-type]
        bus=LocalBus(),
        clock=VirtualClock(),
        ids=SeededIds(),
        hasher=QuickHasher(),
    ) as host:
        near, far = link_pair()
        serving = asyncio.ensure_future(host.serve(far))
        alice = Raw(near)
        alice.say(f.Hello((f.VERSION,), "i"))
        alice.ask(lambda number: f.Register(number, "alice", PASSWORD))
        await turns(100)

        alice.ask(lambda number: f.Count(number, GENERAL))

        with pytest.raises(StorageError, match="disk on fire"):
            await host.failure()
        await serving
        assert alice.down


async def test_a_mistake_in_the_tick_is_a_failure_and_not_a_silence() -> None:
    class Broken(MemoryLink):
        def write(self, frames: Sequence[OutFrame]) -> None:
            if b'"presence"' in frames[0].data:
                msg = "a mistake"
                raise ZeroDivisionError(msg)
            super().write(frames)

    async with Host(
        storage=GatedStorage(), bus=LocalBus(), clock=VirtualClock(), ids=SeededIds(), hasher=QuickHasher()
    ) as host:
        near, far = MemoryLink(), Broken()
        near.peer, far.peer = far, near
        serving = asyncio.ensure_future(host.serve(far))
        alice = Raw(near)
        alice.say(f.Hello((f.VERSION,), "i"))
        alice.ask(lambda number: f.Register(number, "alice", PASSWORD))
        await turns(100)
        clock = host.clock
        assert isinstance(clock, VirtualClock)

        failing = asyncio.ensure_future(host.failure())
        while not failing.done():
            clock.advance()
            await turns(20)

        with pytest.raises(ZeroDivisionError):
            await failing
        near.abort()
        await serving


@pytest.mark.parametrize("number", range(4))
async def test_a_task_of_the_server_that_others_end_is_a_failure_and_not_a_silence(
    number: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with Host(storage=GatedStorage(), clock=VirtualClock(), ids=SeededIds(), hasher=QuickHasher()) as host:
        await turns(1)

        host._tasks[number].cancel()

        with pytest.raises(Internal, match="has ended that nobody asked to"):
            await host.failure()
    assert "a task of the server has ended" in caplog.text


async def test_a_listener_of_commits_that_cancels_is_a_failure_and_not_a_silence() -> None:
    def cancel(_: object) -> None:
        raise asyncio.CancelledError

    storage = GatedStorage()
    async with Host(storage=storage, clock=VirtualClock(), ids=SeededIds(), hasher=QuickHasher()) as host:
        near, far = link_pair()
        serving = asyncio.ensure_future(host.serve(far))
        alice = Raw(near)
        alice.say(f.Hello((f.VERSION,), "i"))
        alice.ask(lambda number: f.Register(number, "alice", PASSWORD))
        await turns(100)
        storage.listen(cancel)

        alice.post(GENERAL, "hello")

        with pytest.raises(Internal):
            await host.failure()
        near.abort()
        await serving


async def test_a_storage_that_cancels_a_read_costs_that_connection_which_is_told_and_no_other() -> None:
    class Odd(GatedStorage):
        async def tally(self, *arguments: object) -> None:  # type: ignore[override]
            raise asyncio.CancelledError

    async with Host(
        storage=Odd(),  # type: ignore[arg-type]
        clock=VirtualClock(),
        ids=SeededIds(),
        hasher=QuickHasher(),
    ) as host:
        raws: list[Raw] = []
        serving = []
        for name in ("alice", "bob"):
            near, far = link_pair()
            serving.append(asyncio.ensure_future(host.serve(far)))
            raws.append(Raw(near))
            raws[-1].say(f.Hello((f.VERSION,), "i"))
            raws[-1].ask(partial(f.Register, name=name, password=PASSWORD))
        await turns(200)
        alice, bob = raws

        alice.ask(lambda number: f.Count(number, GENERAL))
        await asyncio.wait(serving[:1])
        bob.post(GENERAL, "hello")
        await turns(100)

        assert alice.down
        assert bob.down is None
        assert len(bob.of(f.Posted)) == 1
        bob.link.abort()
        await asyncio.wait(serving)


async def test_failure_can_only_be_waited_for_while_the_host_runs() -> None:
    host = Host(storage=GatedStorage(), bus=LocalBus(), clock=VirtualClock(), ids=SeededIds(), hasher=QuickHasher())

    with pytest.raises(RuntimeError):
        await host.failure()


async def test_commits_are_told_on_the_bus_and_what_comes_from_there_is_told_to_clients() -> None:
    bus, published = LocalBus(), list[object]()
    bus.subscribe("another host", published.extend)
    async with Host(
        storage=GatedStorage(), bus=bus, clock=VirtualClock(), ids=SeededIds(), hasher=QuickHasher()
    ) as host:
        near, far = link_pair()
        serving = asyncio.ensure_future(host.serve(far))
        alice = Raw(near)
        alice.say(f.Hello((f.VERSION,), "i"))
        alice.ask(lambda number: f.Register(number, "alice", PASSWORD))
        await turns(100)
        dave = User(UserId("d" * 16), "dave", 2, 2)

        alice.post(GENERAL, "hello")
        bus.publish([UserRegistered(dave)], "another host")
        await turns(100)

        assert [type(hint) for hint in published] == [UserRegistered, ClientCameBack, MessagePosted]
        assert alice.of(f.UserEvent) == [f.UserEvent(dave)]
        assert alice.of(f.MessageEvent) == []
        near.abort()
        await serving


async def test_many_connections_come_and_go_and_leave_nothing_behind() -> None:
    async with ChatWorld(latency=0) as world:
        raws = [await registered(world, f"user{number}") for number in range(30)]
        strangers = [await dial(world) for _ in range(10)]

        for raw in [*raws, *strangers]:
            raw.link.abort()
        await world.settle(60)

        assert list(world.host._sessions) == []
        assert world.host._sessions.digests == ()
        assert not world.host._sessions.everybody
        assert world.host.active() == ()
        assert world.host._closing == set()

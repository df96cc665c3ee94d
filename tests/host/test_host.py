"""A running chat: sessions and their connections, presence, shared commits, slow readers, draining, failure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from chatcore import GENERAL, Internal, StorageError, User, UserId
from chatcore.adapters.local_bus import LocalBus
from chatcore.adapters.memory import MemoryStorage
from chatcore.adapters.memory_link import MemoryLink, link_pair
from chatcore.client.connection_state import ConnectionPhase
from chatcore.domain.events import ClientCameBack, MessagePosted, UserRegistered
from chatcore.domain.presence import GRACE
from chatcore.host.host import Host, HostSettings
from chatcore.host.passing import TICK
from chatcore.ports.transport import OutFrame
from chatcore.service import accounts
from chatcore.service.context import SessionLife
from chatcore.testing import ChatWorld, VirtualClock
from chatcore.testing.fakes import QuickHasher, SeededIds
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from tests.host.raw import Raw, between, dial, greet, registered, resumed
from tests.service.gated import GatedStorage, LateStorage
from tests.turns import turns


def told_inactive(raw: Raw, user: Raw) -> bool:
    """Whether a connection was told that a user is inactive, and not active again."""
    statuses = [
        user.me.id in frame.active
        for frame in raw.of(f.PresenceEvent)
        if user.me.id in (*frame.active, *frame.inactive)
    ]
    return bool(statuses) and not statuses[-1]


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


# ---- sessions


class SlowToClose(MemoryLink):
    """A link whose close takes until the test allows it, as with a peer that is dead without a word."""

    def __init__(self) -> None:
        super().__init__()
        self.may_close = asyncio.Event()

    async def close(self, reason: str = "", *, restarting: bool = False) -> None:
        await self.may_close.wait()
        await super().close(reason, restarting=restarting)


async def slow_to_close(world: ChatWorld, user: Raw) -> tuple[Raw, SlowToClose, asyncio.Future[None]]:
    """Let one more connection of a user's session come, over a link that is slow to close; give both its ends."""
    near, far = MemoryLink(), SlowToClose()
    near.peer, far.peer = far, near
    serving = asyncio.ensure_future(world.host.serve(far))
    raw = Raw(near)
    raw.say(f.Hello((f.VERSION,), "this program"))
    raw.ask(lambda number: f.Resume(number, user.token, None))
    await world.settle()
    return raw, far, serving


async def test_a_log_out_ends_all_connections_of_the_session_at_once() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        second = await resumed(world, alice.token)

        number = alice.ask(f.LogOut)
        await world.settle(2 * TICK + 0.1)

        assert alice.answer(number) == f.LoggedOut(number)
        assert alice.down
        assert [closing.code for closing in second.of(f.Closing)] == ["logged_out"]
        assert second.down
        assert told_inactive(bob, alice)
        assert world.host.active() == (bob.me.id,)


async def test_p14_a_log_out_shows_while_another_connection_of_its_session_still_closes() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        second, far, serving = await slow_to_close(world, alice)

        alice.ask(f.LogOut)
        await world.settle(2 * TICK + 0.1)
        shows = told_inactive(bob, alice)
        still_closes = second.down is None
        bob.forget()
        far.may_close.set()
        await serving
        await world.settle()

        assert (shows, still_closes) == (True, True)
        assert bob.of(f.PresenceEvent) == []
        assert world.host.active() == (bob.me.id,)


async def test_from_when_a_session_has_ended_nothing_of_it_is_done_while_its_close_is_not_answered() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        second, far, serving = await slow_to_close(world, alice)
        before = second.post(GENERAL, "before")
        await world.settle()

        alice.ask(f.LogOut)
        await world.settle(1)
        second.post(GENERAL, "after")
        asked = second.ask(lambda number: f.History(number, GENERAL, None, None, 9))
        await world.settle(1)
        still_closes = second.down is None
        far.may_close.set()
        await serving

        assert still_closes
        assert isinstance(second.answer(before), f.Posted)
        assert [frame for frame in second.heard if getattr(frame, "id", 0) == asked] == []
        assert [event.message.text for event in bob.of(f.MessageEvent)] == ["before"]


async def test_what_is_under_way_when_its_session_ends_is_not_done_either() -> None:
    storage = LateStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        second = await resumed(world, alice.token)
        world.host.ctx.membership.known_users._known.clear()
        storage.people.clear()
        second.post(between(alice, bob), "whether bob exists is still looked up")
        await turns(100)

        alice.ask(f.LogOut)
        await turns(100)
        storage.people.set()
        await world.settle()

        assert second.down
        assert bob.of(f.MessageEvent) == []


async def test_a_connection_that_was_taken_over_does_nothing_more() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        old, far, serving = await slow_to_close(world, alice)

        new = await resumed(world, alice.token, "this program")
        old.post(GENERAL, "from the old one")
        await world.settle(1)
        new.post(GENERAL, "from the new one")
        await world.settle(1)
        far.may_close.set()
        await serving

        assert [event.message.text for event in bob.of(f.MessageEvent)] == ["from the new one"]


async def test_a_host_that_ends_while_a_session_does_waits_for_no_peer() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        _, _, serving = await slow_to_close(world, alice)
        alice.ask(f.LogOut)
        await world.settle(1)

        serving.cancel()
        await asyncio.wait([serving])

        assert serving.cancelled()


async def test_after_a_log_out_the_token_is_worth_nothing() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        alice.ask(f.LogOut)
        await world.settle()

        raw = await greet(world)
        number = raw.ask(lambda number: f.Resume(number, alice.token, None))
        await world.settle()

        error = raw.answer(number)
        assert isinstance(error, f.ErrorFrame)
        assert error.code == "logged_out"


async def test_a_log_out_leaves_another_session_of_the_user_alone() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        phone = await greet(world)
        phone.ask(lambda number: f.LogIn(number, "alice", PASSWORD, None))
        await world.settle()

        alice.ask(f.LogOut)
        await world.settle(30)

        assert phone.down is None
        assert not told_inactive(bob, alice)


async def test_a_log_out_does_not_end_the_grace_of_another_session() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        phone = await greet(world)
        phone.ask(lambda number: f.LogIn(number, "alice", PASSWORD, None))
        await world.settle()

        phone.link.abort()
        await world.settle(1)
        alice.ask(f.LogOut)
        await world.settle(GRACE - 1.5)
        within = told_inactive(bob, alice)
        await world.settle(1)

        assert not within
        assert told_inactive(bob, alice)


async def test_a_connection_that_logs_in_while_its_session_ends_is_ended_too() -> None:
    storage = LateStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice = await registered(world, "alice")
        second = await greet(world)
        storage.sessions.clear()
        second.ask(lambda number: f.Resume(number, alice.token, None))
        await turns(100)  # the session was read, and is valid

        alice.ask(f.LogOut)
        await turns(100)
        storage.sessions.set()
        await world.settle()

        assert second.down
        assert second.of(f.Snapshot) == []
        assert world.host.active() == ()
        assert world.host._sessions.digests == ()


async def test_two_programs_with_one_token_live_side_by_side() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        second = await resumed(world, alice.token, "another program")

        bob.post(between(alice, bob), "to both")
        await world.settle()

        assert alice.down is None
        assert second.down is None
        assert len(alice.of(f.MessageEvent)) == len(second.of(f.MessageEvent)) == 1


async def test_a_client_that_comes_back_replaces_its_former_connection() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        old = await resumed(world, alice.token, "this program")

        new = await resumed(world, alice.token, "this program")
        bob.post(between(alice, bob), "hello")
        await world.settle()

        assert [closing.code for closing in old.of(f.Closing)] == ["replaced"]
        assert old.down
        assert old.of(f.MessageEvent) == []
        assert len(new.of(f.MessageEvent)) == 1
        assert not told_inactive(bob, alice)


async def test_the_same_instance_with_another_session_replaces_nothing() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        one = await resumed(world, alice.token, "i")

        other = await greet(world, "i")
        other.ask(lambda number: f.LogIn(number, "alice", PASSWORD, None))
        await world.settle()

        assert one.down is None
        assert other.down is None


async def test_what_becomes_of_a_replaced_connection_says_nothing_about_presence() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        _, far, serving = await slow_to_close(world, alice)
        alice.link.abort()
        new = await resumed(world, alice.token, "this program")

        new.link.abort()
        await world.settle(GRACE - 1)
        far.may_close.set()
        await serving
        await world.settle(0.5)
        within = told_inactive(bob, alice)
        await world.settle(1)

        assert not within
        assert told_inactive(bob, alice)


# ---- presence


async def test_a_user_is_active_while_a_connection_lives() -> None:
    async with ChatWorld() as world:
        bob = await registered(world, "bob")

        alice = await registered(world, "alice")
        await world.settle(3_600)

        assert bob.of(f.PresenceEvent)[-1] == f.PresenceEvent((alice.me.id,), ())
        assert set(world.host.active()) == {alice.me.id, bob.me.id}


async def test_a_clean_close_shows_at_once() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")

        await alice.link.close()
        await world.settle(2 * TICK)

        assert told_inactive(bob, alice)


async def test_a_broken_connection_shows_just_when_the_grace_is_over() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")

        alice.link.abort()
        await world.settle(GRACE - 0.01)
        before = told_inactive(bob, alice)
        await world.settle(0.02 + 2 * TICK)

        assert not before
        assert told_inactive(bob, alice)


async def test_who_comes_back_within_the_grace_was_never_away() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        bob.forget()

        alice.link.abort()
        await world.settle(1)
        await resumed(world, alice.token)
        await world.settle(60)

        assert not told_inactive(bob, alice)


async def test_the_grace_is_a_setting() -> None:
    async with ChatWorld(settings=HostSettings(grace=60.0)) as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")

        alice.link.abort()
        await world.settle(55)
        before = told_inactive(bob, alice)
        await world.settle(6)

        assert not before
        assert told_inactive(bob, alice)


async def test_a_user_with_two_sessions_is_active_until_both_are_gone() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        phone = await greet(world)
        phone.ask(lambda number: f.LogIn(number, "alice", PASSWORD, None))
        await world.settle()

        await alice.link.close()
        await world.settle(60)
        after_one = told_inactive(bob, alice)
        await phone.link.close()
        await world.settle(1)

        assert not after_one
        assert told_inactive(bob, alice)


async def test_many_changes_of_presence_are_one_frame() -> None:
    async with ChatWorld(latency=0) as world:
        alice = await registered(world, "alice")
        others = [await registered(world, f"user{number}") for number in range(20)]
        alice.forget()

        for other in others:
            await other.link.close()
        await world.settle(1)

        (presence,) = alice.of(f.PresenceEvent)
        assert set(presence.inactive) == {other.me.id for other in others}


async def test_a_snapshot_says_who_is_active_when_it_is_sent_not_when_it_was_read() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        world.storage._most = 5.0
        phone = await greet(world)
        phone.ask(lambda number: f.Resume(number, alice.token, None))
        while not phone.of(f.LoggedIn):
            await world.settle(0.01)

        await bob.link.close()
        await world.settle(20)

        assert phone.of(f.Snapshot)[0].active == (alice.me.id,)


# ---- registration


async def test_a_registration_is_told_to_those_who_are_there() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")

        bob = await registered(world, "Bob")

        assert alice.of(f.UserEvent) == [f.UserEvent(bob.me)]
        assert bob.me.number == 2
        assert bob.of(f.Snapshot)[0].point.facts == 2


async def test_what_was_written_before_one_registered_is_history() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        for at in range(5):
            alice.post(GENERAL, f"message {at}")
        await world.settle()

        bob = await registered(world, "bob")
        alice.post(GENERAL, "one more")
        await world.settle()
        bob.ask(lambda number: f.Count(number, GENERAL))
        asked = alice.ask(lambda number: f.Stretch(number, GENERAL, 1, 6))
        await world.settle()

        assert bob.of(f.Snapshot)[0].general.unread == 0
        assert bob.of(f.Counted)[0].tally.unread == 1
        page = alice.answer(asked)
        assert isinstance(page, f.Page)
        assert page.receipts == ()


# ---- receipts


async def test_an_author_is_told_how_many_have_read() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = [await registered(world, name) for name in ("alice", "bob", "carol")]
        alice.post(GENERAL, "hello")
        await world.settle()

        bob.ask(lambda number: f.Mark(number, GENERAL, (1,)))
        await world.settle()
        carol.ask(lambda number: f.Mark(number, GENERAL, (1,)))
        await world.settle()

        assert alice.of(f.ReceiptsEvent) == [f.ReceiptsEvent(GENERAL, ((1, 1),)), f.ReceiptsEvent(GENERAL, ((1, 2),))]
        assert bob.of(f.ReceiptsEvent) == []


async def test_marks_are_told_to_the_readers_other_connections() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        phone = await resumed(world, bob.token)
        alice.post(GENERAL, "hello")
        await world.settle()

        number = bob.ask(lambda number: f.Mark(number, GENERAL, (1,)))
        await world.settle()

        (event,) = phone.of(f.ReadEvent)
        assert (event.tally.unread, event.tally.version, event.read) == (0, 1, ((1, 1),))
        assert bob.answer(number) == f.Marked(number, event.tally, event.read)
        assert bob.of(f.ReadEvent) == alice.of(f.ReadEvent) == []


async def test_what_is_marked_again_is_answered_with_nothing_new() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        alice.post(GENERAL, "hello")
        await world.settle()
        first = bob.ask(lambda number: f.Mark(number, GENERAL, (1,)))
        again = bob.ask(lambda number: f.Mark(number, GENERAL, (1,)))
        await world.settle()

        marked, unchanged = bob.answer(first), bob.answer(again)
        assert isinstance(marked, f.Marked)
        assert unchanged == f.Marked(again, marked.tally, ())


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


# ---- sessions that stay connected


async def test_a_session_that_was_connected_longer_than_it_may_be_idle_goes_on_after_a_cut() -> None:
    life = SessionLife(idle_ms=3_600_000)
    async with ChatWorld(settings=HostSettings(session_life=life)) as world:
        (alice,) = await world.users("alice")

        await world.settle(3 * 3_600)
        world.cut(alice)
        await world.settle(60)

        assert alice.connection.phase is ConnectionPhase.ONLINE


async def test_a_session_that_was_away_longer_than_it_may_be_idle_is_forgotten() -> None:
    life = SessionLife(idle_ms=3_600_000)
    storage = MemoryStorage()
    async with ChatWorld(storage=storage, settings=HostSettings(session_life=life)) as world:
        alice = await registered(world, "alice")
        digest = accounts.digest(alice.token)
        alice.link.abort()

        await world.settle(2 * 3_600)

        assert await storage.session(digest, world.clock.now_ms(), 0, 0) is None


async def test_a_session_that_grows_too_old_ends_its_open_connections() -> None:
    life = SessionLife(total_ms=3_600_000)
    async with ChatWorld(settings=HostSettings(session_life=life)) as world:
        (bob,) = await world.users("bob")
        await world.settle(1_800)
        alice = await registered(world, "alice")

        await world.settle(1_700)
        at_first = alice.down, bob.connection.phase
        await world.settle(200)
        bob_then, alice_then = bob.connection, alice.down
        await world.settle(1_800)

        assert at_first == (None, ConnectionPhase.ONLINE)
        assert (bob_then.phase, bob_then.code) == (ConnectionPhase.LOGGED_OUT, "logged_out")
        assert alice_then is None
        assert [closing.code for closing in alice.of(f.Closing)] == ["logged_out"]
        assert world.host.active() == ()

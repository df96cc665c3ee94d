"""A running chat: sessions, their connections and how they end."""

from __future__ import annotations

import asyncio

from chatcore import GENERAL
from chatcore.adapters.memory import MemoryStorage
from chatcore.adapters.memory_link import MemoryLink
from chatcore.client.connection_state import ConnectionPhase
from chatcore.domain.presence import GRACE
from chatcore.domain.sessions import Ages
from chatcore.host.passing import TICK
from chatcore.host.settings import HostSettings
from chatcore.service import accounts
from chatcore.service.context import SessionLife
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from tests.host.raw import Raw, between, greet, registered, resumed
from tests.host.slow_to_close import SlowToClose
from tests.service.gated import LateStorage
from tests.turns import turns


def told_inactive(raw: Raw, user: Raw) -> bool:
    """Whether a connection was told that a user is inactive, and not active again."""
    statuses = [
        user.me.id in frame.active
        for frame in raw.of(f.PresenceEvent)
        if user.me.id in (*frame.active, *frame.inactive)
    ]
    return bool(statuses) and not statuses[-1]


# ---- sessions


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

        assert await storage.session(digest, Ages(world.clock.now_ms(), 0, 0)) is None


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

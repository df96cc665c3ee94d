"""A running chat: who is active, who registers, who has read."""

from __future__ import annotations

from chatcore import GENERAL
from chatcore.domain.presence import GRACE
from chatcore.host.passing import TICK
from chatcore.host.settings import HostSettings
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from tests.host.raw import Raw, greet, registered, resumed


def told_inactive(raw: Raw, user: Raw) -> bool:
    """Whether a connection was told that a user is inactive, and not active again."""
    statuses = [
        user.me.id in frame.active
        for frame in raw.of(f.PresenceEvent)
        if user.me.id in (*frame.active, *frame.inactive)
    ]
    return bool(statuses) and not statuses[-1]


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

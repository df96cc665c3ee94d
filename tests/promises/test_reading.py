"""Promises 10 to 14 and 16: read states, unread counts and presence. See docs/promises.md."""

import asyncio
from random import Random  # noqa: TID251 - of a given seed

import pytest

from chatcore import GENERAL, User
from chatcore.client.client import ChatClient
from chatcore.client.connection_state import ConnectionPhase
from chatcore.domain.presence import GRACE
from chatcore.errors import NotFound
from chatcore.host.passing import TICK
from chatcore.testing import ChatWorld
from chatcore.testing.world import DETECTION
from chatcore.wire import frames as f
from tests.host.raw import registered, resumed


async def done(world: ChatWorld, *work: object) -> None:
    """Let calls come to their end while time passes."""
    tasks = [asyncio.ensure_future(one) for one in work]  # type: ignore[call-overload]
    await world.settle()
    await asyncio.gather(*tasks)


def is_shown(client: ChatClient, user: User) -> bool:
    """Whether a client shows a user as active."""
    return any(row.active for row in client.replica.rows if row.user == user.id)


async def test_p10_messages_can_be_marked_read_in_any_order_and_the_count_is_exact_at_every_step() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        for number in range(30):
            alice.post_soon(GENERAL, str(number))
        await world.settle()
        order = Random(10).sample(range(1, 31), 30)

        counts = []
        for seq in order:
            await done(world, bob.mark_read(GENERAL, seq))
            counts.append(bob.replica.tally(GENERAL).unread)

        assert counts == list(range(29, -1, -1))


async def test_p11_a_repeated_mark_changes_nothing() -> None:
    async with ChatWorld(latency=0) as world:
        alice, phone, laptop = await world.users("alice", "bob", "bob")
        for number in range(5):
            alice.post_soon(GENERAL, str(number))
        await world.settle()

        await done(world, phone.mark_read(GENERAL, 2, 4))
        marked = laptop.replica.tally(GENERAL)
        await done(world, laptop.mark_read(GENERAL, 4, 2), phone.mark_read(GENERAL, 2))

        assert (marked.unread, marked.version) == (3, 1)
        assert phone.replica.tally(GENERAL) == laptop.replica.tally(GENERAL) == marked


async def test_p11_all_devices_of_a_user_show_the_same_count_within_a_second_of_each_other() -> None:
    async with ChatWorld(seed=11, latency=0.1, delay=0.3) as world:
        alice, *devices = await world.users("alice", "bob", "bob", "bob")
        for number in range(10):
            alice.post_soon(GENERAL, str(number))
        await world.settle(10)
        shown = [[0.0] * 11 for _ in devices]
        marking = [asyncio.ensure_future(devices[seq % 3].mark_read(GENERAL, seq)) for seq in range(1, 11)]

        async with world.clock.timeout(60):
            while not all(device.replica.tally(GENERAL).unread == 0 for device in devices):
                await world.settle(0.01)
                for device, times in zip(devices, shown, strict=True):
                    unread = device.replica.tally(GENERAL).unread
                    times[unread:] = [at or world.clock.monotonic() for at in times[unread:]]

        assert all(max(times) - min(times) < 1 for times in zip(*shown, strict=True))
        await asyncio.gather(*marking)


async def test_p11_a_mark_reaches_the_readers_other_connection_within_a_second() -> None:
    async with ChatWorld(latency=0) as world:
        alice, phone = await registered(world, "alice"), await registered(world, "bob")
        laptop = await resumed(world, phone.token)
        alice.post(GENERAL, "hello")
        await world.settle()

        phone.ask(lambda number: f.Mark(number, GENERAL, (1,)))
        await world.settle(1.0)

        (event,) = laptop.of(f.ReadEvent)
        assert event.tally.unread == 0


async def test_p12_own_messages_and_those_from_before_ones_joining_are_never_unread() -> None:
    async with ChatWorld(latency=0) as world:
        (alice,) = await world.users("alice")
        for number in range(7):
            alice.post_soon(GENERAL, str(number))
        await world.settle()
        (bob,) = await world.users("bob")

        with_alice = await bob.conversation_with("alice")
        for conversation in (GENERAL, with_alice):
            bob.post_soon(conversation, "mine")
            alice.post_soon(conversation, "the only one")
        await world.settle()

        for client in (alice, bob):
            assert [client.replica.tally(conversation).unread for conversation in (GENERAL, with_alice)] == [1, 1]


@pytest.mark.parametrize("where", ["beyond the last", "of strangers", "with nobody"])
async def test_p13_a_mark_for_what_one_cannot_see_is_refused_and_changes_nothing(where: str) -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        theirs = await bob.conversation_with("carol")
        bob.post_soon(theirs, "a secret")
        bob.post_soon(GENERAL, "hello")
        await world.settle()
        before = await world.storage.stretch(alice.me.id, GENERAL, 1, 9)
        conversation, seqs = {
            "beyond the last": (GENERAL, (1, 2)),
            "of strangers": (theirs, (1,)),
            "with nobody": (theirs.replace(carol.me.id, "f" * 16), (1,)),
        }[where]

        with pytest.raises(NotFound):
            await done(world, alice.mark_read(conversation, *seqs))  # type: ignore[call-overload]

        assert await world.storage.stretch(alice.me.id, GENERAL, 1, 9) == before
        assert alice.replica.tally(GENERAL).unread == 1
        assert (await world.storage.tally(carol.me.id, theirs)).unread == 1


@pytest.mark.parametrize(
    ("how", "still_shown", "no_longer_shown"), [("cut", GRACE - 0.5, 1.0), ("vanish", DETECTION, GRACE + 1.0)]
)
async def test_p14_one_is_active_while_connected_or_within_the_grace(
    how: str, still_shown: float, no_longer_shown: float
) -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        shown = [is_shown(alice, bob.me)]

        getattr(world, how)(bob)
        world.network.listen(None)  # nobody comes back
        await world.settle(still_shown)
        shown.append(is_shown(alice, bob.me))
        await world.settle(no_longer_shown)
        shown.append(is_shown(alice, bob.me))

        assert shown == [True, True, False]


async def test_p14_a_log_out_shows_at_once() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        user = bob.me

        leaving = asyncio.ensure_future(bob.log_out())
        await world.settle(0.2)
        await leaving

        assert not is_shown(alice, user)


async def test_p14_after_a_kill_nobody_is_shown_active_who_is_not_connected() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        await world.kill()
        await bob.__aexit__(None, None, None)

        await world.start()
        async with world.clock.timeout(60):
            while alice.connection.phase is not ConnectionPhase.ONLINE:
                await world.settle(0.01)

        assert [row.active for row in alice.replica.rows if row.user == bob.me.id] == [False]


async def test_p16_presence_and_receipts_are_a_frame_each_and_a_message_does_not_wait_for_them() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        guests = [await resumed(world, (await registered(world, f"guest{n}")).token) for n in range(9)]
        for number in range(9):
            alice.post(GENERAL, str(number), f"alice{number}")
        await world.settle(10)
        alice.forget()

        for number, guest in enumerate(guests, 1):
            guest.ask(lambda n, seq=number: f.Mark(n, GENERAL, (seq,)))  # type: ignore[misc]
            guest.ask(f.LogOut)
        bob.post(GENERAL, "first")
        bob.post(GENERAL, "second")
        await world.settle(TICK / 2)
        at_once = list(alice.heard)
        await world.settle(3)

        assert [event.message.text for event in at_once if isinstance(event, f.MessageEvent)] == ["first", "second"]
        later = alice.heard[len(at_once) :]
        assert sorted(type(event).__name__ for event in later) == ["PresenceEvent", "ReceiptsEvent"]
        assert len(at_once) == 2

"""What the observers of a client are told: everything once, in order, whatever breaks."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from chatcore import (
    GENERAL,
    ConnectionPhase,
    ConnectionState,
)
from chatcore.domain.messages import Message
from chatcore.host.settings import HostSettings
from chatcore.testing import ChatWorld
from tests.client.clients import fill
from tests.client.replicas import Witness


async def test_subscribing_at_once_delivers_the_state_and_a_reset() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        alice.opened(GENERAL)
        await world.settle()
        witness = Witness()

        alice.subscribe(witness)

        assert witness.told == [alice.connection, ("rows", ["bob", GENERAL]), ("timeline", []), ("synced",)]
        assert witness.rows == list(alice.replica.rows)


async def test_who_unsubscribed_is_told_nothing_more() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        undo = alice.subscribe(witness := Witness())
        witness.told.clear()

        undo()
        await bob.post(GENERAL, "hi")
        await world.settle()

        assert witness.told == []


async def test_an_observer_that_raises_is_logged_and_stays(caplog: pytest.LogCaptureFixture) -> None:
    class Clumsy(Witness):
        def message_received(self, message: Message) -> None:
            super().message_received(message)
            msg = "oops"
            raise ValueError(msg)

    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        alice.subscribe(clumsy := Clumsy())

        await fill(bob, GENERAL, 2)
        await world.settle()

        assert clumsy.of("received") == [(GENERAL, 1), (GENERAL, 2)]
        assert caplog.text.count("an observer raised") == 2
        assert alice.connection.phase is ConnectionPhase.ONLINE


async def test_an_observer_may_call_the_client_and_everybody_still_hears_things_in_order() -> None:
    @attrs.define(eq=False)
    class Answering(Witness):
        react: Callable[[Message], None] = lambda _: None

        def message_received(self, message: Message) -> None:
            super().message_received(message)
            self.react(message)

    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")

        def react(message: Message) -> None:
            alice.opened(message.conversation)
            alice.post_soon(message.conversation, f"you said {message.text}")

        answering, other = Answering(react=react), Witness()
        alice.subscribe(answering)
        alice.subscribe(other)

        await bob.post(conversation, "one")
        await bob.post(conversation, "two")
        await world.settle()

        assert [message.text for message in await bob.history(conversation)] == [
            "one",
            "two",
            "you said one",
            "you said two",
        ]
        for witness in (answering, other):
            assert witness.rows == list(alice.replica.rows)
            assert witness.items[conversation] == list(alice.replica.timeline(conversation))


async def test_a_message_is_received_once_in_order_live_or_caught_up_opened_or_not() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        bob.subscribe(witness := Witness())
        conversation = await alice.conversation_with("bob")

        await fill(alice, conversation, 2)
        await world.settle()
        world.cut(bob)
        await fill(alice, conversation, 3)
        await world.settle(60)
        bob.opened(conversation)
        await world.settle()
        await fill(alice, conversation, 1)
        await world.settle()

        assert witness.of("received") == [(conversation, seq) for seq in range(1, 7)]


async def test_who_was_cut_for_not_reading_loses_nothing() -> None:
    async with ChatWorld(settings=HostSettings(max_backlog=60_000)) as world:
        alice, bob = await world.users("alice", "bob")
        bob.subscribe(witness := Witness())
        link = world.link(bob)
        assert link is not None
        link.is_stalled = True

        for number in range(80):
            alice.post_soon(GENERAL, f"{number:03}" * 400)
        await world.settle(60)

        assert world.link(bob) is not link
        assert witness.of("received") == [(GENERAL, seq) for seq in range(1, 81)]
        assert bob.replica.tally(GENERAL).unread == 80


async def test_too_long_a_gap_is_declared_and_can_be_fetched() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 2)
        bob.opened(conversation)
        bob.subscribe(witness := Witness())
        await world.settle()
        stalled = world.link(bob)
        assert stalled is not None
        stalled.is_stalled = True
        for number in range(1_005):
            alice.post_soon(conversation, f"more {number}")
        while alice.replica.tally(conversation).seq < 1_007:
            await world.settle(0.5)

        world.cut(bob)
        await world.settle(60)
        await alice.post(conversation, "after the gap")
        await world.settle()

        assert witness.of("skipped") == [(conversation, 3, 1_007)]
        assert witness.of("received") == [(conversation, 1_008)]
        assert [item.seq for item in bob.replica.timeline(conversation)] == list(range(958, 1_009))
        assert witness.items[conversation] == list(bob.replica.timeline(conversation))
        assert await bob.unread(conversation) == 1_008
        assert len(await bob.history(conversation, before=1_008, limit=1_005)) == 1_005


async def test_the_state_of_the_connection_is_told_with_the_time_of_the_next_try() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        alice.subscribe(witness := Witness())
        witness.told.clear()

        world.cut(alice)
        await world.settle()

        offline, *after = [state for state in witness.told if isinstance(state, ConnectionState)]
        assert offline.phase is ConnectionPhase.OFFLINE
        assert offline.retry_in is not None
        assert 0 <= offline.retry_in < 0.5
        assert [state.phase for state in after] == [ConnectionPhase.CONNECTING, ConnectionPhase.ONLINE]

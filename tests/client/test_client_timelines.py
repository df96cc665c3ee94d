"""Timelines as a client holds them: they grow both ways, and begin anew with a restored database."""

from __future__ import annotations

import asyncio

import pytest

from chatcore import (
    GENERAL,
    ConversationId,
    ItemState,
    NotFound,
)
from chatcore.adapters.memory import MemoryStorage
from chatcore.testing import ChatWorld
from tests.client.clients import fill
from tests.client.replicas import Witness
from tests.turns import turns

# ---- timelines


async def test_an_opened_timeline_begins_with_a_reset_and_grows_both_ways() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 70)
        witness = Witness()
        bob.subscribe(witness)

        bob.opened(conversation)
        await world.settle()
        first = [item.seq for item in bob.replica.timeline(conversation)]
        grew = await bob.load_older(conversation)
        await alice.post(conversation, "one more")
        await world.settle()

        assert first == list(range(21, 71))
        assert grew
        assert [item.seq for item in bob.replica.timeline(conversation)] == list(range(1, 72))
        assert witness.items[conversation] == list(bob.replica.timeline(conversation))


async def test_at_its_beginning_a_timeline_does_not_grow() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 60)
        bob.opened(conversation)
        await world.settle()

        answers = [await bob.load_older(conversation), await bob.load_older(conversation)]

        assert answers == [True, False]
        assert bob.replica.is_at_beginning(conversation)


async def test_nothing_grows_that_is_not_open() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        assert not await alice.load_older(GENERAL)


async def test_pages_of_history_are_not_told_as_received() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await fill(alice, GENERAL, 60)
        carol = await world.log_in("carol", witness := Witness())

        carol.opened(GENERAL)
        await world.settle()
        await carol.load_older(GENERAL)
        await carol.history(GENERAL)
        await bob.post(GENERAL, "live")
        await world.settle()

        assert witness.of("received") == [(GENERAL, 61)]


async def test_opening_what_does_not_exist_stops_nothing_else() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")

        bob.opened(ConversationId("d.no.where"))
        await world.settle()
        world.cut(bob)
        await fill(alice, conversation, 3)
        await world.settle(60)

        assert bob.replica.complete
        assert [row.unread for row in bob.replica.rows if row.name == "alice"] == [3]


# ---- a restored database


async def test_a_restored_database_is_taken_over_and_posts_are_kept() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 5)
        bob.opened(conversation)
        bob.window_active(True)
        await world.settle()
        await world.kill()
        bob.visible(conversation, [1, 2])
        marking = asyncio.ensure_future(bob.mark_read(conversation, 3))
        posting = asyncio.ensure_future(bob.post(conversation, "kept"))
        await turns()

        inner = world.storage.inner
        assert isinstance(inner, MemoryStorage)
        inner._epoch = "restored"  # of a backup made before anything was written
        inner._logs.clear()
        await world.start()
        await world.settle(60)

        with pytest.raises(NotFound):
            await marking
        assert (await posting).seq == 1
        assert [(item.seq, item.text, item.state) for item in bob.replica.timeline(conversation)] == [
            (1, "kept", ItemState.SENT)
        ]
        await fill(alice, conversation, 2)
        assert await bob.unread(conversation) == 2

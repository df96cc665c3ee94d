"""What a client marks as read: what is asked to be marked, and what is displayed."""

from __future__ import annotations

import asyncio

import attrs
import pytest

from chatcore import (
    GENERAL,
    ChatClient,
    ConversationId,
    NotFound,
)
from chatcore.testing import ChatWorld
from tests.client.clients import fill


async def test_unread_is_asked_of_the_server() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 3)

        assert await bob.unread(conversation) == 3
        assert await alice.unread(conversation) == 0
        with pytest.raises(NotFound):
            await bob.unread(ConversationId("d.no.where"))


async def test_several_messages_are_marked_at_once() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 8)

        await bob.mark_read(conversation, 3, 5, 8)

        assert await bob.unread(conversation) == 5
        assert [row.unread for row in bob.replica.rows if row.name == "alice"] == [5]


async def test_marking_is_idempotent_and_what_does_not_exist_cannot_be_marked() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 2)

        await bob.mark_read(conversation, 1)
        await bob.mark_read(conversation, 1, 1)
        for seqs in [(3,), (2, 3), (0,)]:
            with pytest.raises(NotFound):
                await bob.mark_read(conversation, *seqs)

        assert await bob.unread(conversation) == 1


async def test_a_mark_waits_for_the_connection() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await alice.post(conversation, "hi")
        await world.kill()

        marking = asyncio.ensure_future(bob.mark_read(conversation, 1))
        await world.settle(60)
        was_done = marking.done()
        await world.start()
        await marking

        assert not was_done
        await world.settle(60)
        assert await bob.unread(conversation) == 0


@attrs.frozen
class Window:
    """Bob's window, with a conversation in which Alice has written three messages."""

    world: ChatWorld
    bob: ChatClient
    conversation: ConversationId

    async def unread(self) -> int:
        await self.world.settle()
        return (await self.world.storage.tally(self.bob.me.id, self.conversation)).unread


async def a_window(world: ChatWorld) -> Window:
    alice, bob = await world.users("alice", "bob")
    conversation = await alice.conversation_with("bob")
    await fill(alice, conversation, 3)
    await world.settle()
    return Window(world, bob, conversation)


async def test_at_the_start_nothing_is_open_and_a_bot_marks_nothing_by_itself() -> None:
    async with ChatWorld() as world:
        window = await a_window(world)

        window.bob.visible(window.conversation, [1, 2, 3])

        assert await window.unread() == 3


async def test_what_is_visible_in_the_open_conversation_of_an_active_window_is_read() -> None:
    async with ChatWorld() as world:
        window = await a_window(world)
        counts = []

        window.bob.opened(window.conversation)
        counts.append(await window.unread())
        window.bob.window_active(True)
        counts.append(await window.unread())
        window.bob.visible(window.conversation, [2])
        counts.append(await window.unread())
        window.bob.window_active(False)
        window.bob.visible(window.conversation, [2, 3])
        counts.append(await window.unread())
        window.bob.window_active(True)
        counts.append(await window.unread())

        assert counts == [3, 3, 2, 2, 1]


async def test_visible_replaces_its_former_value_and_another_conversation_shows_nothing_of_this() -> None:
    async with ChatWorld() as world:
        window = await a_window(world)
        window.bob.opened(window.conversation)

        window.bob.visible(window.conversation, [1])
        window.bob.visible(window.conversation, [3])
        window.bob.visible(GENERAL, [1, 2])
        window.bob.window_active(True)
        after_replacing = await window.unread()
        window.bob.opened(None)
        window.bob.visible(window.conversation, [1, 2])
        after_closing = await window.unread()

        assert (after_replacing, after_closing) == (2, 2)


async def test_what_is_visible_before_it_is_loaded_is_read_when_it_is() -> None:
    async with ChatWorld() as world:
        window = await a_window(world)

        window.bob.window_active(True)
        window.bob.opened(window.conversation)
        window.bob.visible(window.conversation, [1, 2, 3])

        assert await window.unread() == 0


async def test_what_was_displayed_is_reported_after_the_connection_came_back() -> None:
    async with ChatWorld() as world:
        window = await a_window(world)
        window.bob.opened(window.conversation)
        await world.settle()
        await world.kill()

        window.bob.window_active(True)
        window.bob.visible(window.conversation, [1, 3])
        await world.settle(10)
        window.bob.window_active(False)
        await world.start()
        await world.settle(60)

        assert await window.unread() == 1

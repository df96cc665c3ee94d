"""What a program asks the server and waits for: history of any length, what is older than a timeline, unread counts."""

from __future__ import annotations

import pytest

from chatcore import GENERAL, ChatClient, ConversationId, NotFound
from chatcore.domain.messages import Message
from chatcore.testing import ChatWorld


async def fill(client: ChatClient, conversation: ConversationId, count: int) -> list[Message]:
    """Post so many messages."""
    return [await client.post(conversation, f"message {number}") for number in range(1, count + 1)]


async def test_history_is_oldest_first_and_before_is_exclusive() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        await fill(alice, GENERAL, 8)

        async def seqs(before: int | None = None, limit: int = 50) -> list[int]:
            return [message.seq for message in await alice.history(GENERAL, before=before, limit=limit)]

        assert await seqs() == list(range(1, 9))
        assert await seqs(limit=3) == [6, 7, 8]
        assert await seqs(before=6, limit=3) == [3, 4, 5]
        assert await seqs(before=3, limit=5) == [1, 2]
        assert await seqs(before=1) == []
        assert await seqs(limit=0) == []


async def test_history_asks_on_until_its_limit_is_met() -> None:
    async with ChatWorld(latency=0) as world:
        (alice,) = await world.users("alice")
        texts = ["x" * 3_000, "y"]
        for number in range(520):
            alice.post_soon(GENERAL, texts[number % 2])
        await world.settle(60)

        messages = await alice.history(GENERAL, limit=500)

        assert [message.seq for message in messages] == list(range(21, 521))


async def test_history_of_what_one_may_not_see_is_not_found() -> None:
    async with ChatWorld() as world:
        alice, _, carol = await world.users("alice", "bob", "carol")

        with pytest.raises(NotFound):
            await carol.history(await alice.conversation_with("bob"))


async def test_what_is_older_than_a_timeline_waits_for_the_timeline_s_newest_page() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await fill(alice, GENERAL, 60)
        bob.opened(GENERAL)  # its newest page is on the way

        assert await bob.load_older(GENERAL, 4)
        assert [item.seq for item in bob.replica.timeline(GENERAL)] == list(range(7, 61))
        assert await bob.load_older(GENERAL)
        assert not await bob.load_older(GENERAL)


async def test_what_is_counted_by_the_server_stands_in_the_list_too() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 3)

        unread = await bob.unread(conversation)

        assert (unread, bob.replica.tally(conversation).unread) == (3, 3)

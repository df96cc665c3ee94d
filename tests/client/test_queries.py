"""What a program asks the server and waits for: users, what is older than a timeline, unread counts."""

from __future__ import annotations

from chatcore import GENERAL, ChatClient, ConversationId
from chatcore.domain.messages import Message
from chatcore.testing import ChatWorld


async def fill(client: ChatClient, conversation: ConversationId, count: int) -> list[Message]:
    """Post so many messages."""
    return [await client.post(conversation, f"message {number}") for number in range(1, count + 1)]


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

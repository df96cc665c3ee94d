"""What a program reads of a conversation: a part before or after a message, or all of it in either direction."""

from __future__ import annotations

import pytest

from chatcore import GENERAL, ChatClient, ConversationId, NotFound
from chatcore.testing import ChatWorld
from tests.client.test_queries import fill


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


async def test_after_is_exclusive_and_gives_the_first_ones() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        await fill(alice, GENERAL, 8)

        async def seqs(after: int, before: int | None = None, limit: int = 50) -> list[int]:
            return [message.seq for message in await alice.history(GENERAL, after=after, before=before, limit=limit)]

        assert await seqs(0) == list(range(1, 9))
        assert await seqs(2, limit=3) == [3, 4, 5]
        assert await seqs(6) == [7, 8]
        assert await seqs(8) == []
        assert await seqs(2, before=6) == [3, 4, 5]
        assert await seqs(2, before=6, limit=2) == [3, 4]
        assert await seqs(2, before=3) == []


async def test_all_of_a_history_is_walked_in_either_direction_page_by_page() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        for number in range(450):
            alice.post_soon(GENERAL, str(number))
        await world.settle(60)

        forwards = [message.seq async for message in bob.all_history(GENERAL)]
        backwards = [message.seq async for message in bob.all_history(GENERAL, newest_first=True)]

        assert forwards == list(range(1, 451))
        assert backwards == forwards[::-1]


async def test_a_walk_forwards_comes_to_what_is_written_meanwhile() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await fill(alice, GENERAL, 1)
        texts = []

        async for message in bob.all_history(GENERAL):
            texts.append(message.text)
            if len(texts) < 3:
                await alice.post(GENERAL, f"after {message.text}")

        assert texts == ["message 1", "after message 1", "after after message 1"]


async def test_messages_tell_whether_they_are_read() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 3)
        await bob.post(conversation, "mine")
        await bob.mark_read(conversation, 2)
        await world.settle()

        async def read(client: ChatClient) -> list[tuple[str, bool, int]]:
            return [(m.state.value, m.is_read, m.readers) for m in await client.history(conversation)]

        sent = ("sent", False, 0)
        assert await read(bob) == [("unread", False, 0), ("read", True, 0), ("unread", False, 0), sent]
        assert await read(alice) == [sent, ("read", True, 1), sent, ("unread", False, 0)]


async def test_a_walk_over_nothing_ends_and_over_what_one_may_not_see_raises() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        assert [message async for message in alice.all_history(GENERAL)] == []
        with pytest.raises(NotFound):
            await anext(alice.all_history(ConversationId("d.no.where")))

"""The messages of others, one after another: from now on, or with all that is unread."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence

import pytest

from chatcore import GENERAL, ChatClient, Closed, LoggedOut, Message
from chatcore.adapters.memory import MemoryStorage
from chatcore.client.inbox import KEPT
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from tests.turns import turns


async def take(messages: AsyncIterator[Message], count: int) -> list[str]:
    return [(await anext(messages)).text for _ in range(count)]


async def fill(client: ChatClient, count: int, first: int = 1) -> None:
    """Write so many messages to everybody: "1", "2", …"""
    for number in range(first, first + count):
        client.post_soon(GENERAL, str(number))
    while client.waiting:
        await client._upkeep.turns.next()


def numbers(first: int, last: int) -> Sequence[str]:
    return [str(number) for number in range(first, last + 1)]


async def test_those_that_come_from_now_on_are_given_once_each_and_in_order() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(GENERAL, "before")
        await world.settle()
        messages = alice.messages()

        await alice.post(GENERAL, "my own")
        await bob.post(GENERAL, "one")
        await bob.post(await bob.conversation_with("alice"), "two")
        world.cut(alice)
        await bob.post(GENERAL, "three")

        assert await take(messages, 3) == ["one", "two", "three"]


async def test_those_of_one_conversation_are_given_alone() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        messages = alice.messages(conversation)

        await bob.post(GENERAL, "to everybody")
        await bob.post(conversation, "to alice")

        assert await take(messages, 1) == ["to alice"]


async def test_what_is_unread_comes_first_whichever_single_ones_were_marked() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        for number in range(1, 7):
            await bob.post(conversation, f"old {number}")
        await alice.post(conversation, "my own")
        await bob.post(GENERAL, "newer, to everybody")
        await alice.mark_read(conversation, 2, 5)
        again = await world.client(alice.token)

        messages = again.messages(since="unread")
        first = asyncio.ensure_future(anext(messages))
        await world.settle()
        await bob.post(conversation, "live")
        await world.settle()

        assert (await first).text == "old 1"
        assert await take(messages, 5) == ["old 3", "old 4", "old 6", "newer, to everybody", "live"]


async def test_what_is_unread_is_found_however_far_back_it_is_and_however_much() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        await fill(bob, 900)
        await alice.mark_read(GENERAL, *range(1, 101), *range(151, 300), *range(350, 801))
        again = await world.client(alice.token)

        messages = again.messages(since="unread")

        expected = [*range(101, 151), *range(300, 350), *range(801, 901)]
        assert await take(messages, len(expected)) == list(map(str, expected))


async def test_what_comes_while_the_list_is_on_its_way_is_neither_lost_nor_given_twice() -> None:
    async with ChatWorld(delay=0.3) as world:
        alice, bob = await world.users("alice", "bob")
        await fill(bob, 5)
        again = await world.client(alice.token)
        messages = again.messages(since="unread")
        writing = asyncio.ensure_future(fill(bob, 40, first=6))

        texts = await take(messages, 45)
        await writing
        await world.settle()

        assert texts == numbers(1, 45)
        assert not messages._inbox.has_any


async def test_who_takes_them_slowly_loses_nothing_and_needs_no_more_memory() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        carols = await world.log_in("carol")
        messages = alice.messages()
        await fill(bob, KEPT + 20)
        await fill(carols, 20, first=KEPT + 21)
        await world.settle()
        in_memory = len(messages._inbox.live)

        texts = await take(messages, KEPT + 30)
        await fill(bob, 5, first=KEPT + 41)
        texts += await take(messages, 15)

        assert in_memory <= KEPT
        assert texts == numbers(1, KEPT + 45)


async def test_a_gap_that_is_too_long_to_be_told_is_given_all_the_same() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        messages = alice.messages()
        await bob.post(GENERAL, "1")
        await world.settle()
        stalled = world.link(alice)
        assert stalled is not None
        stalled.is_stalled = True
        await fill(bob, 1_100, first=2)
        world.cut(alice)
        await world.settle(60)
        await bob.post(GENERAL, "1102")

        assert await take(messages, 1_102) == numbers(1, 1_102)


async def test_the_wait_for_one_may_be_cancelled_at_every_turn_and_nothing_is_lost() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await fill(bob, 30)
        again = await world.client(alice.token)
        messages = again.messages(since="unread")
        texts: list[str] = []

        for count in range(300):
            taking = asyncio.ensure_future(anext(messages))
            await turns(count % 40)
            taking.cancel()
            await asyncio.wait([taking])
            if not taking.cancelled():
                texts.append(taking.result().text)
            if len(texts) == 30:
                break
            await world.settle(0.1)

        assert texts == numbers(1, 30)
        assert again._upkeep.turns.waiting == 0


async def test_it_ends_with_the_session_after_what_has_come() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        other = await world.client(alice.token)
        await other.synced()
        messages = other.messages()
        await bob.post(GENERAL, "the last one")
        await world.settle()
        await alice.log_out()
        await world.settle()

        assert await take(messages, 1) == ["the last one"]
        with pytest.raises(LoggedOut):
            await anext(messages)


async def test_it_ends_with_the_client_whoever_waits() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with world.unopened(alice.token) as client:
            await client.wait_for(lambda: client.replica.me)
            messages = client.messages()
            taking = asyncio.ensure_future(anext(messages))
            await turns()

        for each in (taking, anext(messages)):
            with pytest.raises(Closed):
                await each


async def test_before_somebody_is_logged_in_there_are_none() -> None:
    async with ChatWorld() as world:
        client = await world.client()

        with pytest.raises(LoggedOut):
            client.messages()


async def test_since_when_is_now_or_unread() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        with pytest.raises(ValueError, match='since is "now" or "unread", not \'yesterday\''):
            alice.messages(since="yesterday")  # type: ignore[arg-type]


async def test_who_takes_no_more_or_forgets_it_is_told_nothing_more() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        messages, forgotten = alice.messages(), alice.messages()
        observers = len(alice._upkeep._audience._seats)

        await messages.aclose()
        await messages.aclose()
        del forgotten
        gc.collect()

        assert (observers, len(alice._upkeep._audience._seats)) == (2, 0)
        assert [message async for message in messages] == []


async def test_a_storage_that_cannot_be_read_for_now_is_waited_out() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await fill(bob, 3)
        again = await world.client(alice.token)
        await again.synced()
        messages = again.messages(since="unread")
        world.storage.is_damaged = True
        first = asyncio.ensure_future(anext(messages))
        await world.settle(5)
        was_done = first.done()

        world.storage.is_damaged = False

        assert not was_done
        assert (await first).text == "1"


async def test_where_another_history_has_begun_it_goes_on_with_that_one() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        messages = bob.messages()
        for number in range(KEPT + 5):
            messages._inbox.skipped(GENERAL, 1, number + 1)
        await world.kill()
        inner = world.storage.inner
        assert isinstance(inner, MemoryStorage)
        inner._epoch = "restored"
        inner._logs.clear()
        await world.start()
        taking = asyncio.ensure_future(anext(messages))
        await world.settle(60)

        await alice.post(GENERAL, "anew")

        assert (await taking).text == "anew"


async def test_a_bot_that_is_killed_anywhere_answers_everything_at_least_once() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        answered: list[str] = []

        async def answer(client: ChatClient) -> None:
            async for message in client.messages(since="unread"):
                answered.append(message.text)
                await client.post(conversation, f"You said {message.text}")
                await client.mark_read(message)

        for count in range(40):
            bot = world.unopened(bob.token)
            await bot.__aenter__()
            await bot.log_in("bob", PASSWORD) if bot.token is None else await bot.synced()
            await alice.post(conversation, str(count))
            answering = asyncio.ensure_future(answer(bot))
            await turns(count * 3)
            answering.cancel()
            await asyncio.wait([answering])
            await bot.__aexit__(None, None, None)
        async with world.unopened(bob.token) as bot:
            await bot.synced()
            answering = asyncio.ensure_future(answer(bot))
            await world.settle(10)
            answering.cancel()
            await asyncio.wait([answering])

        assert list(dict.fromkeys(answered)) == [str(count) for count in range(40)]
        assert await bob.unread(conversation) == 0

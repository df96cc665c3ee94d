"""The client as programs use it: conversations and posts, against a whole server in one process."""

from __future__ import annotations

import asyncio

import pytest

from chatcore import (
    GENERAL,
    ChatError,
    ClientId,
    Conflict,
    ConversationId,
    Empty,
    NotFound,
    TooLong,
)
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from tests.client.clients import a_client
from tests.client.replicas import Witness
from tests.turns import turns


async def test_a_conversation_with_a_user_is_known_by_name_in_any_case() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "Bob")

        assert await alice.conversation_with("bOB") == await bob.conversation_with("alice")


@pytest.mark.parametrize("name", ["nobody", "", "alice", "general", "no such name!"])
async def test_there_is_no_conversation_with_nobody_and_oneself(name: str) -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        with pytest.raises(NotFound):
            await alice.conversation_with(name)


async def test_a_user_who_is_not_in_the_list_yet_is_asked_for() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with a_client(world) as fresh:
            await fresh.log_in("alice", PASSWORD)
            assert fresh.replica.user_by_name("bob") is None

            assert await fresh.conversation_with("bob") == await alice.conversation_with("bob")


async def test_a_post_returns_when_it_is_stored() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")

        message = await alice.post(conversation, "hello")

        assert (message.conversation, message.seq, message.sender, message.text) == (
            conversation,
            1,
            alice.me.id,
            "hello",
        )
        assert message.sent_at.tzinfo is not None
        assert await bob.history(conversation) == [message]


async def test_posts_of_one_client_keep_their_order() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")

        stored = await asyncio.gather(*(alice.post(GENERAL, str(number)) for number in range(20)))

        assert [message.seq for message in stored] == list(range(1, 21))
        assert [message.text for message in await bob.history(GENERAL)] == [str(number) for number in range(20)]


async def test_a_post_waits_while_the_server_is_away() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await world.kill()

        posting = asyncio.ensure_future(alice.post(GENERAL, "patience"))
        await world.settle(300)
        was_done = posting.done()
        await world.start()
        message = await posting
        await world.settle(60)

        assert not was_done
        assert message.text == "patience"
        assert [item.text for item in await bob.history(GENERAL)] == ["patience"]


async def test_a_post_whose_answer_was_lost_is_stored_once() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        received = Witness()
        bob.subscribe(received)
        link = world.link(alice)
        assert link is not None
        link.is_stalled = True
        posting = asyncio.ensure_future(alice.post(GENERAL, "once"))
        await world.settle(1)
        stored = await world.storage.tally(bob.me.id, GENERAL)

        world.cut(alice)
        message = await posting
        await world.settle()

        assert stored.seq == 1
        assert message.seq == 1
        assert received.of("received") == [(GENERAL, 1)]


async def test_a_cancelled_post_is_sent_all_the_same() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await world.kill()
        posting = asyncio.ensure_future(alice.post(GENERAL, "sent"))
        await turns()

        posting.cancel()
        await world.start()
        await world.settle(60)

        assert [message.text for message in await bob.history(GENERAL)] == ["sent"]


async def test_the_same_client_id_twice_is_one_message() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        name = ClientId("my-own-id")

        at_once = await asyncio.gather(*(alice.post(GENERAL, "hi", client_id=name) for _ in range(3)))
        later = await alice.post(GENERAL, "hi", client_id=name)

        assert {(message.seq, message.sent_at) for message in [*at_once, later]} == {(1, later.sent_at)}
        assert len(await bob.history(GENERAL)) == 1


async def test_the_same_client_id_for_another_message_is_a_conflict_now_and_later() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        name = ClientId("my-own-id")
        alice.post_soon(GENERAL, "hi", client_id=name)

        with pytest.raises(Conflict):
            await alice.post(GENERAL, "ho", client_id=name)
        await world.settle()
        with pytest.raises(Conflict):
            await alice.post(GENERAL, "ho", client_id=name)

        assert [message.text for message in await alice.history(GENERAL)] == ["hi"]


@pytest.mark.parametrize(("text", "error"), [("", Empty), ("x" * 4_001, TooLong)])
async def test_a_bad_text_is_refused_at_once(text: str, error: type[ChatError]) -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        with pytest.raises(error):
            alice.post_soon(GENERAL, text)
        with pytest.raises(error):
            await alice.post(GENERAL, text)


async def test_a_post_to_no_conversation_is_refused_shown_and_may_be_discarded() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        nowhere = ConversationId("d.no.where")

        with pytest.raises(NotFound):
            await alice.post(nowhere, "hi", client_id=ClientId("c"))
        with pytest.raises(NotFound):
            await alice.post(nowhere, "hi", client_id=ClientId("c"))  # a retry is refused again

        alice.discard(ClientId("c"))
        with pytest.raises(NotFound):
            alice.retry(ClientId("c"))


async def test_a_full_disk_and_too_much_to_do_are_waited_out() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        world.storage.is_full = True

        posting = [asyncio.ensure_future(alice.post(GENERAL, str(number))) for number in range(3)]
        await world.settle(20)
        was_done = [each.done() for each in posting]
        world.storage.is_full = False
        messages = await asyncio.gather(*posting)

        assert was_done == [False, False, False]
        assert [message.text for message in messages] == ["0", "1", "2"]

"""What the earlier stages ask for, E1 to E11: clients against a server with a file, and three with PostgreSQL."""

# ruff: noqa: N802 - a test is named after its requirement

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import AsyncExitStack

import pytest

import chatcore
from chatcore import GENERAL
from tests.server.network import PASSWORD, Chat, diary_of
from tests.waiting import until

pytestmark = pytest.mark.everywhere


async def test_E1_a_message_goes_to_the_chosen_user_and_to_nobody_else(chat: Chat) -> None:
    alice, bob, carol = await chat.users("alice", "bob", "carol")
    overheard = diary_of(carol)

    message = await alice.post(await alice.conversation_with(bob.me.name), "for bob alone")
    await alice.post(GENERAL, "for all")

    assert [m.text for m in await bob.history(message.conversation)] == ["for bob alone"]
    await until(lambda: overheard.messages)
    assert overheard.texts == ["for all"]
    with pytest.raises(chatcore.NotFound):
        await carol.history(message.conversation)


async def test_E2_what_a_chosen_user_sends_is_received(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    diary = diary_of(bob)

    sent = await alice.post(await alice.conversation_with(bob.me.name), "hello, zażółć 你好 👋🏽")

    await until(lambda: diary.messages)
    assert diary.messages == [sent]
    assert (sent.sender, sent.text) == (alice.me.id, "hello, zażółć 你好 👋🏽")


async def test_E3_the_conversation_with_a_chosen_user_is_shown(chat: Chat) -> None:
    alice, bob, carol = await chat.users("alice", "bob", "carol")
    with_bob = await alice.conversation_with(bob.me.name)
    await alice.post(with_bob, "one")
    await bob.post(with_bob, "two")
    await carol.post(await carol.conversation_with(alice.me.name), "something else")

    alice.opened(with_bob)

    await until(lambda: alice.replica.is_at_beginning(with_bob))
    shown = [(item.seq, item.sender, item.text) for item in alice.replica.timeline(with_bob)]
    assert shown == [(1, alice.me.id, "one"), (2, bob.me.id, "two")]


async def test_E4_the_list_has_every_other_user_and_the_general_chat(own_chat: Chat) -> None:
    alice, bob, carol = await own_chat.users("alice", "bob", "carol")
    await own_chat.leave(carol)

    late = await own_chat.user("dave")

    await until(lambda: late.replica.complete)
    assert {row.name for row in late.replica.rows} == {
        "general",
        *(own_chat.name(n) for n in ("alice", "bob", "carol")),
    }
    await until(lambda: len(alice.replica.rows) == len(bob.replica.rows) == 4)


async def test_E5_a_message_in_the_general_chat_reaches_everybody(chat: Chat) -> None:
    alice, *others = await chat.users("alice", "bob", "carol")
    diaries = [diary_of(client) for client in others]

    message = await alice.post(GENERAL, "hello everybody")

    await until(lambda: all(diary.messages for diary in diaries))
    assert [diary.messages for diary in diaries] == [[message], [message]]


async def test_E6_a_user_is_added_once_whatever_the_case_of_the_name(chat: Chat) -> None:
    (alice,) = await chat.users("alice")
    async with chatcore.connect(chat.server.url) as newcomer:
        with pytest.raises(chatcore.NameTaken):
            await newcomer.register(alice.me.name.upper(), PASSWORD)

        user = await newcomer.register(chat.name("Bob"), PASSWORD)

        assert user == newcomer.me
        assert (user.name, user.number) == (chat.name("Bob"), alice.me.number + 1)
        assert await alice.conversation_with(chat.name("bob")) == await newcomer.conversation_with(alice.me.name)


async def test_E7_a_user_logs_in_with_the_password_and_with_no_other(chat: Chat) -> None:
    (alice,) = await chat.users("alice")
    await alice.log_out()
    async with chatcore.connect(chat.server.url) as client:
        with pytest.raises(chatcore.WrongCredentials):
            await client.log_in(chat.name("alice"), "wrong horse battery")

        user = await client.log_in(chat.name("ALICE"), PASSWORD)

        assert user.name == chat.name("alice")
        assert client.connection.phase is chatcore.ConnectionPhase.ONLINE


PROGRAM = """
import asyncio, os, sys, chatcore

async def main(url, token, name):
    async with chatcore.connect(url, token=token) as client:
        await client.post(await client.conversation_with(name), f"I am {os.getpid()}")
    print("chatcore_server" in sys.modules)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_E8_server_and_clients_are_separate_programs(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    diary = diary_of(alice)

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, chat.server.url, bob.token or "", alice.me.name),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()

    await until(lambda: diary.messages)
    assert diary.texts == [f"I am {process.pid}"]
    assert out.decode().strip() == "False"
    assert chat.server._process is not None
    assert len({os.getpid(), process.pid, chat.server._process.pid}) == 3


async def test_E9_many_clients_at_once_are_served_and_all_see_one_order(chat: Chat) -> None:
    clients = await chat.users(*(f"user{number}" for number in range(30)))
    diaries = [diary_of(client) for client in clients]

    posted = await asyncio.gather(*(client.post(GENERAL, client.me.name) for client in clients))

    await until(lambda: all(len(diary.messages) == 29 for diary in diaries))
    in_order = sorted(posted, key=lambda message: message.seq)
    for client, diary in zip(clients, diaries, strict=True):
        assert diary.messages == [message for message in in_order if message.sender != client.me.id]


async def test_E10_sent_messages_are_kept_when_the_server_is_killed(own_chat: Chat) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    sent = [await sender.post(conversation, f"message {at}") for at in range(5) for sender in (alice, bob)]
    said = await bob.post(GENERAL, "to all")

    await own_chat.server.restart()

    again = await own_chat.returning("alice")
    assert await again.history(conversation) == sent
    assert await again.history(GENERAL) == [said]
    assert (await again.post(conversation, "after")).seq == len(sent) + 1


async def test_E11_users_and_their_sessions_are_kept_when_the_server_is_killed(own_chat: Chat) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    await own_chat.leave(bob)

    await own_chat.server.restart()

    async with AsyncExitStack() as stack:
        resumed = await stack.enter_async_context(chatcore.connect(own_chat.server.url, token=bob.token))
        newcomer = await stack.enter_async_context(chatcore.connect(own_chat.server.url))
        with pytest.raises(chatcore.NameTaken):
            await newcomer.register(own_chat.name("alice"), PASSWORD)
        assert resumed.me == bob.me
        assert (await own_chat.returning("alice")).me == alice.me


async def test_E11_a_session_that_was_ended_stays_ended_when_the_server_is_killed(own_chat: Chat) -> None:
    (alice,) = await own_chat.users("alice")
    token = alice.token
    await alice.log_out()

    await own_chat.server.restart()

    with pytest.raises(chatcore.LoggedOut):
        await own_chat.client(token)

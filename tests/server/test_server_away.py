"""A client whose server is away says so, keeps what was written, and carries on by itself when it is back."""

from __future__ import annotations

import pytest

import chatcore
from chatcore import GENERAL, ConnectionPhase, ItemState
from tests.server.network import Chat, diary_of
from tests.waiting import until


async def test_a_client_of_a_server_that_was_killed_says_so_and_keeps_trying(own_chat: Chat) -> None:
    (alice,) = await own_chat.users("alice")
    diary = diary_of(alice)

    await own_chat.server.kill()

    await until(lambda: diary.phases.count(ConnectionPhase.OFFLINE) == 2)
    state = alice.connection
    assert (state.phase, state.code) == (ConnectionPhase.OFFLINE, "unreachable")
    places = [url.removeprefix("ws://") for url in own_chat.urls]
    assert state.reason in [f"cannot reach {place}: connection refused" for place in places]
    assert state.retry_in is not None
    with pytest.raises(chatcore.Unreachable):
        await alice.history(GENERAL)
    await own_chat.server.start()
    await until(lambda: diary.phases[-1] is ConnectionPhase.ONLINE)


async def test_what_is_written_while_the_server_is_away_arrives_once_and_in_order_when_it_is_back(
    own_chat: Chat,
) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    alice.opened(conversation)
    received, diary = diary_of(bob), diary_of(alice)
    await alice.post(conversation, "before")
    await until(lambda: received.texts)
    await own_chat.server.kill()
    await until(lambda: diary.phases[-1] is ConnectionPhase.OFFLINE)

    for text in ("one", "two", "three"):
        alice.post_soon(conversation, text)
    waiting = [item.state for item in diary.timelines[conversation]]
    await own_chat.server.start()
    await until(lambda: [item.state for item in diary.timelines[conversation]] == [ItemState.SENT] * 4)

    assert waiting == [ItemState.SENT, *[ItemState.WAITING] * 3]
    await until(lambda: len(received.texts) >= 4)
    assert received.texts == ["before", "one", "two", "three"]
    assert [message.text for message in await alice.history(conversation)] == ["before", "one", "two", "three"]


async def test_a_program_that_is_started_while_the_server_is_away_carries_on_when_it_comes(own_chat: Chat) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    await own_chat.leave(bob)
    await alice.post(conversation, "before")
    await own_chat.server.kill()

    async with chatcore.connect(own_chat.server.url, token=bob.token, wait=False) as again:
        diary = diary_of(again)
        await until(lambda: ConnectionPhase.OFFLINE in diary.phases)
        await own_chat.server.start()
        await until(lambda: again.replica.complete)

        assert (await again.post(conversation, "back again")).seq == 2
        assert await again.unread(conversation) == 1

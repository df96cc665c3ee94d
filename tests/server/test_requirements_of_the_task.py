"""What the task asks for, T1 to T6: clients against a server with a file, and three with PostgreSQL."""

# ruff: noqa: N802 - a test is named after its requirement

from __future__ import annotations

import asyncio
import signal
from datetime import UTC
from pathlib import Path

import pytest

from chatcore import GENERAL, ConnectionPhase, ItemState
from chatcore.adapters.system import SystemClock
from chatcore.domain.messages import instant
from chatcore.testing.server_process import ServerProcess
from tests.server.network import Chat, diary_of, look_at, resumed, row_of
from tests.waiting import until

pytestmark = pytest.mark.everywhere

# ---- T1


async def test_T1_a_user_is_active_while_logged_in_and_inactive_after(chat: Chat) -> None:
    alice, bob, carol = await chat.users("alice", "bob", "carol")
    with_bob, with_carol = [await alice.conversation_with(other.me.name) for other in (bob, carol)]
    assert row_of(alice, GENERAL).active
    await until(lambda: row_of(alice, with_bob).active and row_of(alice, with_carol).active)

    await bob.log_out()
    await chat.leave(carol)

    await until(lambda: not row_of(alice, with_bob).active and not row_of(alice, with_carol).active)
    await chat.returning("bob")
    await until(lambda: row_of(alice, with_bob).active)


async def test_T1_a_user_is_active_until_the_last_connection_ends(chat: Chat) -> None:
    alice, bob, *others = await chat.users("alice", "bob", "carol", "dave")
    with_bob, *with_others = [await alice.conversation_with(other.me.name) for other in (bob, *others)]
    of_the_same_session, of_another = await chat.client(bob.token), await chat.returning("bob")
    diary = diary_of(alice)

    for ended, other, with_other in zip((of_another, bob), others, with_others, strict=True):
        await chat.leave(ended)
        await chat.leave(other)
        await until(lambda gone=with_other: not row_of(alice, gone).active)  # type: ignore[misc]
        assert row_of(alice, with_bob).active

    await chat.leave(of_the_same_session)
    await until(lambda: not row_of(alice, with_bob).active)
    assert diary.presence == [(user.me, False) for user in (*others, bob)]


async def test_T1_a_lost_connection_shows_after_the_grace(tmp_path: Path) -> None:
    clock = SystemClock()
    async with ServerProcess(tmp_path / "chat.db", "--grace", "0.5") as server, Chat(server) as chat:
        alice, bob = await chat.users("alice", "bob")
        with_bob = await alice.conversation_with(bob.me.name)
        await bob.log_out()
        bob = await chat.returning("bob")
        async with resumed(bob, server) as lost:
            await chat.leave(bob)
            await until(lambda: row_of(alice, with_bob).active)

            lost.vanish()
            vanished = clock.monotonic()

            await until(lambda: not row_of(alice, with_bob).active)
            assert clock.monotonic() - vanished > 0.4


async def test_T1_after_the_server_was_killed_nobody_is_active_who_is_not_connected(own_chat: Chat) -> None:
    alice, bob, carol = await own_chat.users("alice", "bob", "carol")
    with_bob, with_carol = [await alice.conversation_with(other.me.name) for other in (bob, carol)]
    await until(lambda: row_of(alice, with_bob).active)
    diary = diary_of(alice)
    await own_chat.server.kill()
    await own_chat.leave(bob)

    await own_chat.server.start()

    await until(lambda: diary.phases[1:] and diary.phases[-1] is ConnectionPhase.ONLINE)
    await until(lambda: row_of(alice, with_carol).active)
    assert not row_of(alice, with_bob).active


# ---- T2


async def test_T2_every_message_has_the_date_and_time_it_was_sent(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    diary, clock = diary_of(bob), SystemClock()
    before = instant(clock.now_ms())

    posted = await alice.post(conversation, "now")

    await until(lambda: diary.messages)
    (kept,) = await bob.history(conversation)
    assert before <= posted.sent_at <= instant(clock.now_ms())
    assert posted.sent_at == diary.messages[0].sent_at == kept.sent_at
    assert kept.sent_at.tzinfo is UTC


async def test_T2_a_message_is_read_when_the_other_one_has_displayed_it_and_not_before(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    alice.opened(conversation)
    await alice.post(conversation, "one")
    await alice.post(conversation, "two")
    bob.opened(conversation)
    await until(lambda: len(bob.replica.timeline(conversation)) == 2)
    assert [item.state for item in bob.replica.timeline(conversation)] == [ItemState.UNREAD] * 2

    look_at(bob, conversation, 2)

    await until(lambda: alice.replica.timeline(conversation)[1].state is ItemState.READ)
    assert [item.state for item in alice.replica.timeline(conversation)] == [ItemState.SENT, ItemState.READ]
    assert [item.state for item in bob.replica.timeline(conversation)] == [ItemState.UNREAD, ItemState.READ]


async def test_T2_the_read_status_is_kept_when_the_server_is_killed(own_chat: Chat) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    posted = [await alice.post(conversation, f"message {at}") for at in range(1, 5)]
    await bob.mark_read(conversation, 2, 3)

    await own_chat.server.restart()

    again = await own_chat.returning("alice")
    phone = await own_chat.returning("bob")
    for client in (again, phone):
        client.opened(conversation)
    await until(lambda: len(again.replica.timeline(conversation)) == len(phone.replica.timeline(conversation)) == 4)
    sent, read, unread = ItemState.SENT, ItemState.READ, ItemState.UNREAD
    assert [item.state for item in again.replica.timeline(conversation)] == [sent, read, read, sent]
    assert [item.state for item in phone.replica.timeline(conversation)] == [unread, read, read, unread]
    assert [item.at for item in phone.replica.timeline(conversation)] == [message.sent_at for message in posted]
    assert await phone.unread(conversation) == 2


async def test_T2_in_the_general_chat_the_author_sees_how_many_have_read(own_chat: Chat) -> None:
    alice, bob, carol = await own_chat.users("alice", "bob", "carol")
    alice.opened(GENERAL)
    await alice.post(GENERAL, "to all")

    for reader in (bob, carol):
        await reader.mark_read(GENERAL, 1)

    await until(lambda: alice.replica.timeline(GENERAL)[0].readers == 2)
    await own_chat.server.restart()
    again = await own_chat.returning("alice")
    again.opened(GENERAL)
    await until(lambda: again.replica.timeline(GENERAL))
    assert (again.replica.timeline(GENERAL)[0].state, again.replica.timeline(GENERAL)[0].readers) == (ItemState.READ, 2)


# ---- T3


async def test_T3a_the_number_of_unread_messages_from_a_user_can_be_asked(own_chat: Chat) -> None:
    alice, bob, carol = await own_chat.users("alice", "bob", "carol")
    with_bob, with_carol = [await alice.conversation_with(other.me.name) for other in (bob, carol)]
    for at in range(3):
        await bob.post(with_bob, f"message {at}")
    await carol.post(with_carol, "only one")
    await alice.post(with_bob, "an own message is never unread")

    assert (await alice.unread(with_bob), await alice.unread(with_carol), await alice.unread(GENERAL)) == (3, 1, 0)
    assert (await bob.unread(with_bob), await carol.unread(with_carol)) == (1, 0)

    await own_chat.server.restart()

    again = await own_chat.returning("alice")
    assert (await again.unread(with_bob), await again.unread(with_carol), await again.unread(GENERAL)) == (3, 1, 0)


async def test_T3b_a_single_message_is_marked_as_read_in_any_order_and_takes_just_one_from_the_count(
    chat: Chat,
) -> None:
    alice, bob = await chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    for at in range(1, 6):
        await bob.post(conversation, f"message {at}")
    alice.opened(conversation)
    await until(lambda: len(alice.replica.timeline(conversation)) == 5)

    counts = []
    for seq in (4, 2, 4, 5):
        await alice.mark_read(conversation, seq)
        counts.append(await alice.unread(conversation))

    assert counts == [4, 3, 3, 2]
    await until(lambda: row_of(alice, conversation).unread == 2)
    await until(lambda: alice.replica.timeline(conversation)[4].state is ItemState.READ)
    read = [item.seq for item in alice.replica.timeline(conversation) if item.state is ItemState.READ]
    assert read == [2, 4, 5]


# ---- T4


async def test_T4_after_the_log_in_the_list_is_sorted_by_last_message_then_by_status(own_chat: Chat) -> None:
    alice, older, newer, _, idle = await own_chat.users("alice", "older", "newer", "zoe", "idle")
    for other in (older, newer):
        await other.post(await other.conversation_with(alice.me.name), "hello")
    for absent in (alice, newer, idle):
        await absent.log_out()

    again = await own_chat.returning("alice")

    await until(lambda: again.replica.complete)
    # Another server may hear a moment later that somebody has gone.
    await until(lambda: [row.active for row in again.replica.rows].count(False) == 2)
    # Newer and older by their messages, whoever is active; then the active ones by name, and the inactive one.
    names = ["newer", "older", "general", "zoe", "idle"]
    assert [row.name.partition("-")[0] for row in again.replica.rows] == names
    assert [row.active for row in again.replica.rows] == [False, True, True, True, False]


async def test_T4_the_list_is_the_same_after_the_server_was_killed(own_chat: Chat) -> None:
    alice, *others = await own_chat.users("alice", "bob", "carol", "dave")
    for other in others[::-1]:
        await alice.post(await alice.conversation_with(other.me.name), "hello")
    await until(lambda: [row.last is not None for row in alice.replica.rows] == [True, True, True, False])
    before = [(row.conversation, row.last, row.unread) for row in alice.replica.rows]

    await own_chat.server.restart()

    again = await own_chat.returning("alice")
    await until(lambda: again.replica.complete)
    assert [(row.conversation, row.last, row.unread) for row in again.replica.rows] == before


# ---- T5


async def test_T5_each_row_has_unread_and_status_and_opening_one_fetches_its_past(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    for at in range(1, 121):
        alice.post_soon(conversation, f"message {at}")
    await until(lambda: row_of(bob, conversation).unread == 120)
    await alice.log_out()
    await until(lambda: not row_of(bob, conversation).active)
    again = await chat.returning("bob")
    row = row_of(again, conversation)
    assert (row.name, row.unread, row.active) == (chat.name("alice"), 120, False)

    again.opened(row.conversation)

    await until(lambda: again.replica.timeline(conversation))
    assert [item.text for item in again.replica.timeline(conversation)][-1] == "message 120"
    while await again.load_older(conversation):
        pass
    assert [item.seq for item in again.replica.timeline(conversation)] == list(range(1, 121))


# ---- T6


async def test_T6_after_the_log_in_the_connection_is_a_websocket_and_events_come_by_themselves(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    async with resumed(bob, chat.server) as peer:
        message = await alice.post(GENERAL, "pushed, not asked for")

        event = await peer.hear_until(lambda frame: frame["type"] == "message")

        assert (event["message"]["seq"], event["message"]["text"]) == (message.seq, message.text)


async def test_T6_nothing_but_the_question_waits_for_a_server_that_does_not_answer(own_chat: Chat) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    alice.opened(conversation)
    await until(lambda: alice.replica.is_at_beginning(conversation))
    own_chat.server.send(signal.SIGSTOP)

    # Of another conversation: reads and posts do not wait for each other, so it could see what is written behind it.
    asking = asyncio.create_task(alice.history(GENERAL))
    for text in ("one", "two"):
        alice.post_soon(conversation, text)
    alice.opened(GENERAL)
    alice.opened(conversation)
    await SystemClock().sleep(0)
    waiting = [(item.text, item.state) for item in alice.replica.timeline(conversation)]
    is_answered = asking.done()
    own_chat.server.send(signal.SIGCONT)

    assert (waiting, is_answered) == ([("one", ItemState.WAITING), ("two", ItemState.WAITING)], False)
    assert await asking == []
    await until(lambda: [item.state for item in alice.replica.timeline(conversation)] == [ItemState.SENT] * 2)
    assert [message.text for message in await bob.history(conversation)] == ["one", "two"]

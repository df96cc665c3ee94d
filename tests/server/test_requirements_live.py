"""What the server tells by itself, T7 to U2: clients against a server with a file, and three with PostgreSQL."""

# ruff: noqa: N802 - a test is named after its requirement

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest

from chatcore import GENERAL, ChatClient, ConnectionPhase, ItemState, WrongCredentials
from chatcore.view.language import ENGLISH, Language, load
from chatcore.view.lines import Bubble, bubble, row_line
from chatcore.view.names import Names
from tests.server.network import PASSWORD, Chat, Diary, diary_of, look_at, row_of
from tests.waiting import until

pytestmark = pytest.mark.everywhere


def order(diary: Diary) -> list[str]:
    """Return the first names in the order of the list."""
    return [row.name.partition("-")[0] for row in diary.rows]


def names_of(client: ChatClient, language: Language = ENGLISH) -> Names:
    return Names(client.replica.rows, client.replica.me, language)


# ---- T7


async def test_T7a_a_new_user_comes_into_the_list_of_everybody(own_chat: Chat) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    diaries = [diary_of(client) for client in (alice, bob)]

    carol = await own_chat.user("carol")

    orders = [["bob", "carol", "general"], ["alice", "carol", "general"]]
    await until(lambda: [order(diary) for diary in diaries] == orders)
    assert [diary.registered for diary in diaries] == [[carol.me], [carol.me]]


async def test_T7b_a_log_in_refreshes_the_status_and_sorts_the_list_again(own_chat: Chat) -> None:
    alice, bob, _ = await own_chat.users("alice", "bob", "carol")
    await own_chat.leave(bob)
    diary = diary_of(alice)
    await until(lambda: order(diary) == ["carol", "general", "bob"])

    await own_chat.returning("bob")

    await until(lambda: order(diary) == ["bob", "carol", "general"])
    assert [row.active for row in diary.rows] == [True, True, True]
    assert diary.presence[-1] == (bob.me, True)


async def test_T7c_a_log_out_refreshes_the_status_and_sorts_the_list_again(own_chat: Chat) -> None:
    alice, bob, _ = await own_chat.users("alice", "bob", "carol")
    diary = diary_of(alice)
    assert order(diary) == ["bob", "carol", "general"]

    user = bob.me
    await bob.log_out()

    await until(lambda: order(diary) == ["carol", "general", "bob"])
    assert [row.active for row in diary.rows] == [True, True, False]
    assert diary.presence == [(user, False)]


async def test_T7d_a_message_comes_into_the_open_conversation_and_counts_in_a_closed_one(chat: Chat) -> None:
    alice, bob, carol = await chat.users("alice", "bob", "carol")
    with_bob, with_carol = [await alice.conversation_with(other.me.name) for other in (bob, carol)]
    diary = diary_of(alice)
    look_at(alice, with_bob)

    await bob.post(with_bob, "into the open one")
    await carol.post(with_carol, "into the closed one")

    await until(lambda: diary.texts == ["into the open one", "into the closed one"])
    assert [item.text for item in diary.timelines[with_bob]] == ["into the open one"]
    assert with_carol not in diary.timelines
    closed = next(row for row in diary.rows if row.conversation == with_carol)
    assert (closed.unread, closed.last and closed.last.text) == (1, "into the closed one")
    assert diary.rows[0] == closed


async def test_T7e_the_status_of_a_message_is_refreshed_when_the_other_one_reads_it(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    diary = diary_of(alice)
    alice.opened(conversation)
    await alice.post(conversation, "one")
    await alice.post(conversation, "two")

    await bob.mark_read(conversation, 2)

    await until(lambda: diary.readers == {(conversation, 2): 1})
    assert [item.state for item in diary.timelines[conversation]] == [ItemState.SENT, ItemState.READ]


# ---- T8


async def test_T8_a_displayed_message_is_reported_as_read_by_the_client_itself(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    phone = await chat.returning("bob")
    alice.opened(conversation)
    look_at(bob, conversation, 1, 2, 3)

    for text in ("one", "two", "three"):
        await alice.post(conversation, text)

    await until(lambda: [item.state for item in alice.replica.timeline(conversation)] == [ItemState.READ] * 3)
    assert await phone.unread(conversation) == 0
    assert row_of(bob, conversation).unread == 0
    await until(lambda: row_of(phone, conversation).last is not None and row_of(phone, conversation).unread == 0)


async def test_T8_what_nobody_looks_at_is_not_reported(chat: Chat) -> None:
    alice, bob, carol = await chat.users("alice", "bob", "carol")
    conversation = await alice.conversation_with(bob.me.name)
    with_carol = await bob.conversation_with(carol.me.name)
    diary = diary_of(alice)
    look_at(bob, conversation, 1)
    bob.window_active(False)
    await alice.post(conversation, "behind another window")
    await alice.post(conversation, "below the last line")
    await until(lambda: row_of(bob, conversation).unread == 2)

    look_at(bob, with_carol, 1)
    await carol.post(with_carol, "displayed")

    await until(lambda: row_of(bob, with_carol).last is not None and row_of(bob, with_carol).unread == 0)
    assert await bob.unread(conversation) == 2
    assert diary.readers == {}


async def test_T8_what_was_displayed_while_the_server_was_away_is_reported_when_it_is_back(own_chat: Chat) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    alice.opened(conversation)
    await alice.post(conversation, "one")
    bob.opened(conversation)
    await until(lambda: bob.replica.timeline(conversation))
    await own_chat.server.kill()

    look_at(bob, conversation, 1)
    await own_chat.server.start()

    await until(lambda: alice.replica.timeline(conversation)[0].state is ItemState.READ)
    phone = await own_chat.returning("bob")
    assert await phone.unread(conversation) == 0


# ---- T9


async def test_T9_each_message_says_who_sent_it_when_and_whether_it_was_read_on_its_side(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    for client in (alice, bob):
        client.opened(conversation)
    await alice.post(conversation, "read\tby bob")
    await alice.post(conversation, "not read")
    last = await bob.post(conversation, "an \u200banswer")
    await bob.mark_read(conversation, 1)
    states = [ItemState.READ, ItemState.SENT, ItemState.UNREAD]
    await until(lambda: [item.state for item in alice.replica.timeline(conversation)] == states)

    now = last.sent_at.astimezone(timezone(timedelta(hours=2)))
    seen = [
        bubble(item, me=alice.me.id, names=names_of(alice), now=now, language=ENGLISH)
        for item in alice.replica.timeline(conversation)
    ]

    times = [f"{item.at.astimezone(now.tzinfo):%H:%M}" for item in alice.replica.timeline(conversation)]
    assert seen == [
        Bubble(own=True, sender="You", text="read    by bob", time=times[0], ticks="✓✓", status="read"),
        Bubble(own=True, sender="You", text="not read", time=times[1], ticks="✓", status="sent"),
        Bubble(own=False, sender=bob.me.name, text="an answer", time=times[2], ticks="•", status="unread"),
    ]


async def test_T9_in_the_general_chat_everybody_has_a_name_and_an_own_message_says_how_many_have_read_it(
    own_chat: Chat,
) -> None:
    alice, bob, carol = await own_chat.users("alice", "bob", "carol")
    alice.opened(GENERAL)
    message = await alice.post(GENERAL, "to all")
    await bob.post(GENERAL, "from bob")
    for reader in (bob, carol):
        await reader.mark_read(GENERAL, 1)
    await until(lambda: alice.replica.timeline(GENERAL)[0].readers == 2 and alice.replica.timeline(GENERAL)[1:])

    tomorrow = message.sent_at.astimezone(UTC) + timedelta(days=1)
    seen = [
        bubble(i, me=alice.me.id, names=names_of(alice, load("pl")), now=tomorrow, language=load("pl"))
        for i in alice.replica.timeline(GENERAL)
    ]

    assert [(b.sender, b.status) for b in seen] == [
        ("Ty", "przeczytana przez 2 osoby"),
        (bob.me.name, "nieprzeczytana"),
    ]
    assert all(f"{message.sent_at:%d}".lstrip("0") in b.time for b in seen)


# ---- the processes


async def test_U1_from_credentials_over_the_session_and_the_list_to_live_updates(own_chat: Chat) -> None:
    alice, bob, carol = await own_chat.users("alice", "bob", "carol")
    await bob.post(await bob.conversation_with(alice.me.name), "while you were away")
    await alice.log_out()
    with pytest.raises(WrongCredentials):
        await (await own_chat.client()).log_in(own_chat.name("alice"), "wrong horse battery")
    client = await own_chat.client()
    diary = diary_of(client)

    user = await client.log_in(own_chat.name("alice"), PASSWORD)

    assert (client.me, bool(client.token)) == (user, True)
    assert diary.phases == [ConnectionPhase.LOGGED_OUT, ConnectionPhase.CONNECTING, ConnectionPhase.ONLINE]
    await until(lambda: order(diary) == ["bob", "carol", "general"])
    assert [(row.unread, row.active) for row in diary.rows] == [(1, True), (0, True), (0, True)]
    await carol.post(await carol.conversation_with(user.name), "welcome back")
    await bob.log_out()
    await until(lambda: [(row.unread, row.active) for row in diary.rows] == [(1, True), (1, False), (0, True)])
    assert order(diary) == ["carol", "bob", "general"]


async def test_U1_a_program_that_is_started_again_goes_on_with_its_session(own_chat: Chat) -> None:
    (alice,) = await own_chat.users("alice")
    token, me = alice.token, alice.me
    await own_chat.leave(alice)
    await own_chat.server.restart()

    again = await own_chat.client(token)

    assert (again.me, again.token, again.connection.phase) == (me, token, ConnectionPhase.ONLINE)


async def test_U2_from_choosing_somebody_to_the_other_one_s_list_and_count(own_chat: Chat) -> None:
    alice, bob, _ = await own_chat.users("alice", "bob", "carol")
    diary, hers = diary_of(bob), diary_of(alice)
    assert order(diary) == ["alice", "carol", "general"]

    chosen = hers.rows[0]
    alice.opened(chosen.conversation)
    await until(lambda: alice.replica.is_at_beginning(chosen.conversation))
    assert (chosen.name, hers.timelines[chosen.conversation]) == (bob.me.name, [])
    await alice.post(chosen.conversation, "hello bob")

    await until(lambda: diary.rows[0].unread == 1)
    line = row_line(
        diary.rows[0],
        me=bob.me.id,
        names=names_of(bob),
        now=diary.messages[0].sent_at,
        language=ENGLISH,
    )
    assert (line.name, line.preview, line.badge, line.active) == (alice.me.name, "hello bob", "1", True)
    assert [item.text for item in hers.timelines[chosen.conversation]] == ["hello bob"]
    assert (hers.rows[0].conversation, hers.rows[0].unread) == (chosen.conversation, 0)

    look_at(bob, chosen.conversation, 1)
    await until(lambda: hers.timelines[chosen.conversation][0].state is ItemState.READ)
    assert diary.rows[0].unread == 0

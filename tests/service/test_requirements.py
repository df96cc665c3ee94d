"""The requirements at the level of the service: a host and real clients over storage in memory, without sockets."""
# ruff: noqa: N802 - ids are written as in docs/requirements.md

from __future__ import annotations

import asyncio
from datetime import UTC

import pytest

from chatcore import (
    GENERAL,
    ChatClient,
    ConnectionPhase,
    ConversationId,
    ItemState,
    NameTaken,
    NotFound,
    WrongCredentials,
)
from chatcore.domain.presence import GRACE
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from tests.client.replicas import Witness


def shown(client: ChatClient) -> list[tuple[str, bool, int, str | None]]:
    """What the list shows: name, status, unread count and last words of each row."""
    return [(row.name, row.active, row.unread, row.last.text if row.last else None) for row in client.replica.rows]


def names(client: ChatClient) -> list[str]:
    return [row.name for row in client.replica.rows]


def states(client: ChatClient, conversation: ConversationId) -> list[ItemState]:
    return [item.state for item in client.replica.timeline(conversation)]


# ---- from the earlier stages


async def test_E1_a_message_is_sent_to_a_chosen_user() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        to_bob = await alice.conversation_with("bob")

        message = await alice.post(to_bob, "for you alone")

        assert (message.sender, message.text, message.conversation) == (alice.me.id, "for you alone", to_bob)
        assert [each.text for each in await bob.history(to_bob)] == ["for you alone"]
        with pytest.raises(NotFound):
            await carol.history(to_bob)


async def test_E2_messages_from_a_chosen_user_are_received() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        bob.subscribe(witness := Witness())
        conversation = await alice.conversation_with("bob")

        for text in ("one", "two"):
            await alice.post(conversation, text)
        await world.settle()

        assert witness.of("received") == [(conversation, 1), (conversation, 2)]


async def test_E3_the_conversation_with_a_chosen_user_is_shown() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await alice.post(conversation, "hello")
        await bob.post(conversation, "hello yourself")

        alice.opened(await alice.conversation_with("bob"))
        await world.settle()

        items = alice.replica.timeline(conversation)
        assert [(alice.replica.name_of(item.sender), item.text) for item in items] == [
            ("alice", "hello"),
            ("bob", "hello yourself"),
        ]


async def test_E4_the_list_of_available_users_is_shown() -> None:
    async with ChatWorld() as world:
        alice, *_ = await world.users("alice", "bob", "carol")

        assert sorted(names(alice)) == ["bob", "carol", GENERAL]


async def test_E5_a_message_to_everybody_goes_to_the_general_chat() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")

        await alice.post(GENERAL, "hello, everybody")
        await world.settle()

        for client in (bob, carol):
            assert shown(client)[0] == (GENERAL, True, 1, "hello, everybody")
        assert shown(alice)[0] == (GENERAL, True, 0, "hello, everybody")


async def test_E6_a_user_is_added_by_registering() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        client = await world.client()

        bob = await client.register("Bob", PASSWORD)
        await world.settle()

        assert bob.name == "Bob"
        assert names(alice) == ["Bob", GENERAL]
        with pytest.raises(NameTaken):
            await (await world.client()).register("bob", PASSWORD)


async def test_E7_a_user_logs_in_with_name_and_password_only() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        client = await world.client()

        with pytest.raises(WrongCredentials):
            await client.log_in("alice", "wrong password")
        user = await client.log_in("alice", PASSWORD)

        assert user == alice.me
        assert client.connection.phase is ConnectionPhase.ONLINE


async def test_E9_many_clients_are_served_at_once() -> None:
    async with ChatWorld() as world:
        clients = await world.users(*(f"user{number}" for number in range(30)))

        await asyncio.gather(*(client.post(GENERAL, f"from {client.me.name}") for client in clients))
        await world.settle()

        for client in clients:
            texts = {message.text for message in await client.history(GENERAL)}
            assert texts == {f"from {each.me.name}" for each in clients}
            assert client.replica.tally(GENERAL).unread == 29


async def test_E10_sent_messages_are_kept_when_the_server_stops() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        message = await alice.post(conversation, "keep this")

        await world.kill()
        await world.settle()
        await world.start()
        await world.settle(60)

        assert await bob.history(conversation) == [message]
        assert await bob.unread(conversation) == 1


async def test_E11_users_are_kept_when_the_server_stops() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        me = alice.me

        await world.kill()
        await world.start()
        again = await world.client()

        assert await again.log_in("alice", PASSWORD) == me
        await world.settle()
        assert "bob" in names(again)


# ---- the task


async def test_T1_every_user_is_active_or_inactive() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        before = {name: active for name, active, *_ in shown(alice)}

        await bob.log_out()
        world.network.listen(None)
        world.cut(carol)
        await world.settle(GRACE - 0.5)
        within_the_grace = {name: active for name, active, *_ in shown(alice)}
        await world.settle(1)
        after = {name: active for name, active, *_ in shown(alice)}

        assert before == {"bob": True, "carol": True, GENERAL: True}
        assert within_the_grace == {"bob": False, "carol": True, GENERAL: True}
        assert after == {"bob": False, "carol": False, GENERAL: True}


async def test_T2_every_message_has_its_time_and_its_read_status() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        alice.opened(conversation)
        begun = world.clock.now_ms()
        message = await alice.post(conversation, "hello")
        await world.settle()
        before = states(alice, conversation)

        bob.opened(conversation)
        bob.window_active(True)
        bob.visible(conversation, [1])
        await world.settle()

        assert message.sent_at.tzinfo is UTC
        assert begun <= message.sent_at_ms <= world.clock.now_ms()
        assert (before, states(alice, conversation)) == ([ItemState.SENT], [ItemState.READ])
        assert states(bob, conversation) == [ItemState.READ]
        assert alice.replica.timeline(conversation)[0].at == message.sent_at


async def test_T2_in_the_general_chat_the_author_sees_how_many_have_read() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        alice.opened(GENERAL)
        await alice.post(GENERAL, "hello")

        await bob.mark_read(GENERAL, 1)
        await carol.mark_read(GENERAL, 1)
        await world.settle()

        (item,) = alice.replica.timeline(GENERAL)
        assert (item.state, item.readers) == (ItemState.READ, 2)


async def test_T3a_the_number_of_unread_messages_from_a_user_is_known() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        from_alice, from_carol = await bob.conversation_with("alice"), await bob.conversation_with("carol")
        for _ in range(3):
            await alice.post(from_alice, "hi")
        await bob.post(from_alice, "one's own is never unread")
        await carol.post(from_carol, "hi")

        assert await bob.unread(from_alice) == 3
        assert await bob.unread(from_carol) == 1
        assert await bob.unread(GENERAL) == 0


async def test_T3a_what_was_written_before_one_registered_is_not_unread() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        for _ in range(5):
            await alice.post(GENERAL, "history")

        (bob,) = await world.users("bob")
        await alice.post(GENERAL, "news")

        assert await bob.unread(GENERAL) == 1


async def test_T3b_a_single_message_can_be_marked_read_out_of_order() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        for text in "12345":
            await alice.post(conversation, text)
        alice.opened(conversation)
        counts = [await bob.unread(conversation)]

        for seq in (4, 1, 4, 5):
            await bob.mark_read(conversation, seq)
            counts.append(await bob.unread(conversation))
        await world.settle()

        assert counts == [5, 4, 3, 3, 2]
        read, sent = ItemState.READ, ItemState.SENT
        assert states(alice, conversation) == [read, sent, sent, read, read]


async def test_T4_the_list_is_sorted_by_the_last_message_and_then_by_status() -> None:
    async with ChatWorld() as world:
        alice, _, carol, dave, erin, frank = await world.users("alice", "bob", "Carol", "dave", "erin", "frank")
        for client in (erin, frank):
            await client.log_out()
        for client in (dave, carol):
            await client.post(await client.conversation_with("alice"), "hi")
            await world.settle(60)

        again = await world.client()
        await again.log_in("alice", PASSWORD)
        await world.settle()

        # Those with messages, newest first; then the active ones by name; then the inactive ones by name.
        assert names(again) == names(alice) == ["Carol", "dave", "bob", GENERAL, "erin", "frank"]


async def test_T4_the_order_is_that_of_the_time_since_the_last_message_whoever_wrote_it() -> None:
    async with ChatWorld() as world:
        alice, bob, _ = await world.users("alice", "bob", "carol")

        await bob.post(await bob.conversation_with("alice"), "hi")
        await world.settle(1)
        await alice.post(await alice.conversation_with("carol"), "hi")
        await world.settle(1)
        before = names(alice)
        await alice.post(GENERAL, "hi")
        await world.settle(1)

        assert before == ["carol", "bob", GENERAL]
        assert names(alice) == [GENERAL, "carol", "bob"]


async def test_T5_the_list_of_users_is_the_list_of_conversations_with_counts_and_status() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        conversation = await alice.conversation_with("bob")
        for text in ("one", "two"):
            await alice.post(conversation, text)
        await carol.log_out()
        await world.settle()

        assert shown(bob) == [("alice", True, 2, "two"), (GENERAL, True, 0, None), ("carol", False, 0, None)]
        bob.opened(bob.replica.rows[0].conversation)
        await world.settle()
        assert [item.text for item in bob.replica.timeline(conversation)] == ["one", "two"]


async def test_T5_past_messages_are_fetched_page_by_page() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        for number in range(120):
            alice.post_soon(conversation, f"message {number}")
        await world.settle(30)

        bob.opened(conversation)
        await world.settle()
        lengths = [len(bob.replica.timeline(conversation))]
        while await bob.load_older(conversation):
            lengths.append(len(bob.replica.timeline(conversation)))

        assert lengths == [50, 100, 120]
        assert [item.seq for item in bob.replica.timeline(conversation)] == list(range(1, 121))


async def test_T6_nothing_waits_for_the_server() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await world.kill()

        alice.opened(conversation)
        alice.post_soon(conversation, "written while the server is away")

        assert states(alice, conversation) == [ItemState.WAITING]
        await world.start()
        await world.settle(60)
        assert [message.text for message in await bob.history(conversation)] == ["written while the server is away"]


async def test_T7a_a_registration_shows_in_everybodys_list_at_once() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        alice.subscribe(witness := Witness())

        await world.users("carol")

        assert witness.of("registered") == [("carol",)]
        for client in (alice, bob):
            assert "carol" in names(client)
        assert [row.name for row in witness.rows] == names(alice)


async def test_T7b_a_log_in_refreshes_the_status_and_the_order() -> None:
    async with ChatWorld() as world:
        alice, _, zoe = await world.users("alice", "bob", "zoe")
        await zoe.log_out()
        await world.settle()
        before = names(alice)
        alice.subscribe(witness := Witness())

        await world.log_in("zoe")
        await world.settle()

        assert before == ["bob", GENERAL, "zoe"]
        assert witness.of("presence") == [("zoe", True)]
        assert [(row.name, row.active) for row in witness.rows] == [("bob", True), (GENERAL, True), ("zoe", True)]


async def test_T7c_a_log_out_refreshes_the_status_and_the_order() -> None:
    async with ChatWorld() as world:
        alice, bob, _ = await world.users("alice", "bob", "carol")
        alice.subscribe(witness := Witness())

        await bob.log_out()
        await world.settle(0.2)

        assert witness.of("presence") == [("bob", False)]
        assert [(row.name, row.active) for row in witness.rows] == [("carol", True), (GENERAL, True), ("bob", False)]


async def test_T7d_a_message_refreshes_the_open_conversation_and_else_the_count() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        with_bob, with_carol = await alice.conversation_with("bob"), await alice.conversation_with("carol")
        alice.opened(with_bob)
        alice.window_active(True)
        await world.settle()

        await bob.post(with_bob, "to the open one")
        await carol.post(with_carol, "to the other")
        await world.settle()

        assert [item.text for item in alice.replica.timeline(with_bob)] == ["to the open one"]
        assert shown(alice)[0] == ("carol", True, 1, "to the other")


async def test_T7e_when_a_message_is_read_its_status_is_refreshed_at_the_author() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        alice.opened(conversation)
        alice.subscribe(witness := Witness())
        for text in "123":
            await alice.post(conversation, text)

        await bob.mark_read(conversation, 2)
        await world.settle()

        assert witness.of("read") == [(conversation, {2: 1})]
        assert [item.state for item in witness.items[conversation]] == [ItemState.SENT, ItemState.READ, ItemState.SENT]


async def test_T7_the_other_devices_of_a_user_see_what_one_sends_and_reads() -> None:
    async with ChatWorld() as world:
        alice, bob, phone = await world.users("alice", "bob", "bob")
        conversation = await alice.conversation_with("bob")
        await alice.post(conversation, "hi")

        await bob.mark_read(conversation, 1)
        await bob.post(conversation, "hi yourself")
        await world.settle()

        assert shown(phone)[0] == shown(bob)[0] == ("alice", True, 0, "hi yourself")


async def test_T8_what_was_displayed_is_reported_as_read_by_the_client() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        for text in "123":
            await alice.post(conversation, text)
        bob.opened(conversation)
        await world.settle()
        counts = [await alice_sees(world, alice, conversation)]

        bob.visible(conversation, [2, 3])  # nobody looks at the window yet
        counts.append(await alice_sees(world, alice, conversation))
        bob.window_active(True)
        counts.append(await alice_sees(world, alice, conversation))

        assert counts == [0, 0, 2]
        assert await bob.unread(conversation) == 1


async def alice_sees(world: ChatWorld, alice: ChatClient, conversation: ConversationId) -> int:
    """How many of her messages Alice sees as read."""
    alice.opened(conversation)
    await world.settle()
    return states(alice, conversation).count(ItemState.READ)


# ---- the processes


async def test_U1_a_user_logs_in_from_credentials_to_live_updates() -> None:
    async with ChatWorld() as world:
        bob, _ = await world.users("bob", "alice")
        await bob.post(await bob.conversation_with("alice"), "while you were away")

        client = await world.client()
        client.subscribe(witness := Witness())
        user = await client.log_in("alice", PASSWORD)
        await world.settle()
        at_first = shown(client)
        await bob.post(await bob.conversation_with("alice"), "live")
        await world.settle()

        assert (user.name, client.connection.phase) == ("alice", ConnectionPhase.ONLINE)
        assert client.token
        assert at_first == [("bob", True, 1, "while you were away"), (GENERAL, True, 0, None)]
        assert shown(client)[0] == ("bob", True, 2, "live")
        assert [row.unread for row in witness.rows] == [2, 0]


async def test_U2_a_conversation_is_started_and_shows_on_the_other_side() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        bob.subscribe(witness := Witness())

        chosen = next(row for row in alice.replica.rows if row.name == "bob")
        alice.opened(chosen.conversation)
        await world.settle()
        history = list(alice.replica.timeline(chosen.conversation))
        await alice.post(chosen.conversation, "hello, Bob")
        await world.settle()

        assert history == []
        assert [item.text for item in alice.replica.timeline(chosen.conversation)] == ["hello, Bob"]
        first = witness.rows[0]
        assert (first.name, first.unread, first.last.text if first.last else "") == ("alice", 1, "hello, Bob")

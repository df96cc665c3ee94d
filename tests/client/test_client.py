"""The client as programs use it: each promise of its surface, against a whole server in one process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import attrs
import pytest

from chatcore import (
    GENERAL,
    AlreadyLoggedIn,
    ChatClient,
    ChatError,
    ClientId,
    Closed,
    Conflict,
    ConnectionPhase,
    ConnectionState,
    ConversationId,
    Empty,
    Internal,
    InvalidName,
    ItemState,
    LoggedOut,
    NameTaken,
    NotFound,
    Token,
    TooLong,
    Unreachable,
    WeakPassword,
    WrongCredentials,
)
from chatcore.adapters.memory import MemoryStorage
from chatcore.client.session import CONNECT_TIME
from chatcore.domain.messages import Message
from chatcore.host.host import HostSettings
from chatcore.ports.transport import Link
from chatcore.testing import ChatWorld
from chatcore.testing.fakes import SeededIds
from chatcore.testing.world import PASSWORD, URL
from tests.client.replicas import Witness
from tests.turns import turns


def a_client(world: ChatWorld, *, token: Token | None = None, wait: bool = True, url: str = URL) -> ChatClient:
    """Make a client as `chatcore.connect` does."""
    return ChatClient(url, dialer=world.network, clock=world.clock, ids=SeededIds(99), token=token, wait=wait)


async def fill(client: ChatClient, conversation: ConversationId, count: int) -> list[Message]:
    """Post so many messages."""
    return [await client.post(conversation, f"message {number}") for number in range(1, count + 1)]


# ---- coming


async def test_registering_also_logs_in() -> None:
    async with ChatWorld() as world, a_client(world) as client:
        user = await client.register("Alice", PASSWORD)

        assert (user.name, client.me, client.connection.phase) == ("Alice", user, ConnectionPhase.ONLINE)
        assert client.token
        assert [row.name for row in client.replica.rows] == [GENERAL]


async def test_logging_in_gives_the_user() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with a_client(world) as client:
            assert await client.log_in("ALICE", PASSWORD) == alice.me


async def test_with_a_token_it_is_logged_in_when_the_block_begins() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with a_client(world, token=alice.token) as client:
            assert client.me == alice.me
            assert client.connection.phase is ConnectionPhase.ONLINE


async def test_without_waiting_the_block_begins_at_once_and_it_keeps_trying() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        await world.kill()
        async with a_client(world, token=alice.token, wait=False) as client:
            begun = world.clock.monotonic()
            await world.settle(100)
            offline = client.connection
            await world.start()
            await world.settle(60)

            assert begun == pytest.approx(world.clock.monotonic() - 160, abs=0.1)
            assert offline.phase is ConnectionPhase.OFFLINE
            assert client.connection.phase is ConnectionPhase.ONLINE
            assert client.me == alice.me


async def test_without_credentials_no_link_is_opened() -> None:
    async with ChatWorld() as world, a_client(world) as client:
        await world.settle()

        assert world.network.links == []
        assert client.connection == ConnectionState(ConnectionPhase.LOGGED_OUT)


@pytest.mark.parametrize("how", ["register", "log_in", "token"])
async def test_where_no_server_answers_it_is_unreachable_after_ten_seconds(how: str) -> None:
    async with ChatWorld() as world:
        await world.kill()
        begun = world.clock.monotonic()
        client = a_client(world, token=Token("t") if how == "token" else None)

        with pytest.raises(Unreachable, match="nothing listens"):
            async with client:
                await (client.register if how == "register" else client.log_in)("alice", PASSWORD)

        assert world.clock.monotonic() - begun == pytest.approx(CONNECT_TIME)


async def test_after_that_nothing_goes_on_trying_and_the_state_says_so() -> None:
    async with ChatWorld() as world, a_client(world) as client:
        await world.kill()
        with pytest.raises(Unreachable):
            await client.log_in("alice", PASSWORD)

        states = [client.connection]
        await world.start()
        await world.settle(100)
        states.append(client.connection)
        await client.register("alice", PASSWORD)
        states.append(client.connection)

        assert [(state.phase.value, state.code) for state in states] == [
            ("logged_out", "unreachable"),
            ("logged_out", "unreachable"),
            ("online", ""),
        ]


@pytest.mark.parametrize(
    ("name", "password", "error"),
    [
        ("alice", PASSWORD, NameTaken),
        ("ALICE", PASSWORD, NameTaken),
        ("general", PASSWORD, InvalidName),
        ("\ud800", PASSWORD, ChatError),
        ("bob", "short", WeakPassword),
    ],
)
async def test_a_refused_registration_says_why_and_another_may_follow(
    name: str, password: str, error: type[ChatError]
) -> None:
    async with ChatWorld() as world:
        await world.users("alice")
        async with a_client(world) as client:
            with pytest.raises(error):
                await client.register(name, password)

            assert client.connection.phase is ConnectionPhase.LOGGED_OUT
            assert (await client.register("carol", PASSWORD)).name == "carol"


@pytest.mark.parametrize(("name", "password"), [("alice", "wrong password"), ("nobody", PASSWORD), ("", "")])
async def test_wrong_credentials_are_refused(name: str, password: str) -> None:
    async with ChatWorld() as world:
        await world.users("alice")
        async with a_client(world) as client:
            with pytest.raises(WrongCredentials):
                await client.log_in(name, password)


async def test_who_is_logged_in_cannot_log_in_again() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        with pytest.raises(AlreadyLoggedIn, match="log out first"):
            await alice.log_in("alice", PASSWORD)


async def test_a_registration_whose_answer_was_lost_ends_in_a_log_in() -> None:
    async with ChatWorld() as world, a_client(world) as client:
        registering = asyncio.ensure_future(client.register("alice", PASSWORD))
        while not await world.storage.users(0, 10):
            await turns(1)
        world.network.links[0][0].abort()

        user = await registering

        assert user.name == "alice"
        assert len(await world.storage.users(0, 10)) == 1


async def test_nobody_is_logged_in_at_the_start() -> None:
    async with ChatWorld() as world, a_client(world) as client:
        with pytest.raises(LoggedOut):
            _ = client.me
        with pytest.raises(LoggedOut):
            client.post_soon(GENERAL, "hi")
        with pytest.raises(LoggedOut):
            await client.post(GENERAL, "hi")
        with pytest.raises(LoggedOut):
            await client.history(GENERAL)
        assert client.token is None


# ---- going


async def test_leaving_is_a_clean_close_and_the_token_stays_valid() -> None:
    async with ChatWorld() as world:
        (bob,) = await world.users("bob")
        async with a_client(world) as alice:
            await alice.register("alice", PASSWORD)
            token = alice.token
        await world.settle(0.2)

        assert [(row.name, row.active) for row in bob.replica.rows if row.name == "alice"] == [("alice", False)]
        async with a_client(world, token=token) as again:
            assert again.me.name == "alice"


async def test_leaving_shows_no_trouble_on_the_way() -> None:
    async with ChatWorld() as world:
        witness = Witness()
        async with a_client(world) as client:
            client.subscribe(witness)
            await client.register("alice", PASSWORD)

        phases = [state.phase for state in witness.told if isinstance(state, ConnectionState)]
        assert phases == [
            ConnectionPhase.LOGGED_OUT,
            ConnectionPhase.CONNECTING,
            ConnectionPhase.ONLINE,
            ConnectionPhase.CLOSED,
        ]


async def test_what_is_not_answered_when_the_client_is_closed_raises_closed() -> None:
    async with ChatWorld() as world:
        async with a_client(world) as client:
            await client.register("alice", PASSWORD)
            await world.kill()
            waiting = [
                asyncio.ensure_future(client.post(GENERAL, "hi")),
                asyncio.ensure_future(client.mark_read(GENERAL, 1)),
            ]
            await turns()

        for each in waiting:
            with pytest.raises(Closed):
                await each


async def test_a_closed_client_raises_and_never_waits() -> None:
    async with ChatWorld() as world:
        async with a_client(world) as client:
            await client.register("alice", PASSWORD)

        for call in (
            client.post(GENERAL, "hi"),
            client.mark_read(GENERAL, 1),
            client.history(GENERAL),
            client.unread(GENERAL),
            client.log_out(),
            client.log_in("alice", PASSWORD),
            client.register("bob", PASSWORD),
            client.__aenter__(),
        ):
            with pytest.raises(Closed):
                await call
        with pytest.raises(Closed):
            client.post_soon(GENERAL, "hi")


async def test_logging_out_revokes_the_token_and_forgets_everything() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        token, witness = alice.token, Witness()
        alice.opened(GENERAL)
        alice.subscribe(witness)

        await alice.log_out()
        await world.settle()

        assert (alice.token, list(alice.replica.rows), witness.rows) == (None, [], [])
        states = [state for state in witness.told if isinstance(state, ConnectionState)]
        assert [state.phase for state in states] == [ConnectionPhase.ONLINE, ConnectionPhase.LOGGED_OUT]
        assert [row.active for row in bob.replica.rows if row.name == "alice"] == [False]
        with pytest.raises(LoggedOut):
            async with a_client(world, token=token):
                pass


async def test_after_logging_out_another_user_may_log_in() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), "for alice")
        await world.settle()

        await alice.log_out()
        await alice.register("carol", PASSWORD)
        await world.settle()

        assert alice.me.name == "carol"
        assert [(row.name, row.unread) for row in alice.replica.rows] == [("bob", 0), (GENERAL, 0), ("alice", 0)]


async def test_a_session_that_ends_elsewhere_is_told_and_waiting_calls_raise() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        other = await world.client(alice.token)
        await world.settle()
        link = world.link(other)
        assert link is not None
        link.is_stalled = True
        posting = asyncio.ensure_future(other.post(GENERAL, "hi"))
        await turns()

        await alice.log_out()
        link.is_stalled = False
        link.wake()
        await world.settle(40)

        assert other.connection.phase is ConnectionPhase.LOGGED_OUT
        assert other.connection.code == "logged_out"
        assert posting.done()
        for call in (other.post(GENERAL, "hi"), other.mark_read(GENERAL, 1)):
            with pytest.raises(LoggedOut):
                await call


async def test_whoever_hears_of_the_end_of_the_session_can_log_in_at_once() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        other = await world.client(alice.token)
        await world.settle()
        world.cut(other)
        await alice.log_out()  # before the other one is back

        with pytest.raises(LoggedOut):
            await other.post(GENERAL, "hi")
        user = await other.log_in("alice", PASSWORD)

        assert (user.name, other.connection.phase) == ("alice", ConnectionPhase.ONLINE)


async def test_what_was_written_when_the_session_ended_goes_out_when_the_same_user_logs_in_again() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        other = await world.client(alice.token)
        await world.settle()
        await alice.log_out()
        await world.settle()

        other.post_soon(GENERAL, "kept")
        await other.log_in("alice", PASSWORD)
        await world.settle()

        assert [message.text for message in await other.history(GENERAL)] == ["kept"]


async def test_a_mistake_of_the_client_is_logged_and_nobody_waits_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        async def dial(self, url: str) -> Link:
            raise ZeroDivisionError(url)

    async with ChatWorld() as world:
        client = ChatClient(URL, dialer=Broken(), clock=world.clock, ids=SeededIds(99))
        async with client:
            begun = world.clock.monotonic()
            with pytest.raises(Internal):
                await client.log_in("alice", PASSWORD)

            assert world.clock.monotonic() == begun
            assert (client.connection.phase, client.connection.code) == (ConnectionPhase.LOGGED_OUT, "internal")
            assert "ZeroDivisionError" in caplog.text
            with pytest.raises(LoggedOut):
                await client.post(GENERAL, "hi")


# ---- conversations and posts


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


# ---- what is read


async def test_unread_is_asked_of_the_server() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 3)

        assert await bob.unread(conversation) == 3
        assert await alice.unread(conversation) == 0
        with pytest.raises(NotFound):
            await bob.unread(ConversationId("d.no.where"))


async def test_several_messages_are_marked_at_once() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 8)

        await bob.mark_read(conversation, 3, 5, 8)

        assert await bob.unread(conversation) == 5
        assert [row.unread for row in bob.replica.rows if row.name == "alice"] == [5]


async def test_marking_is_idempotent_and_what_does_not_exist_cannot_be_marked() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 2)

        await bob.mark_read(conversation, 1)
        await bob.mark_read(conversation, 1, 1)
        for seqs in [(3,), (2, 3), (0,)]:
            with pytest.raises(NotFound):
                await bob.mark_read(conversation, *seqs)

        assert await bob.unread(conversation) == 1


async def test_a_mark_waits_for_the_connection() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await alice.post(conversation, "hi")
        await world.kill()

        marking = asyncio.ensure_future(bob.mark_read(conversation, 1))
        await world.settle(60)
        was_done = marking.done()
        await world.start()
        await marking

        assert not was_done
        await world.settle(60)
        assert await bob.unread(conversation) == 0


@attrs.frozen
class Window:
    """Bob's window, with a conversation in which Alice has written three messages."""

    world: ChatWorld
    bob: ChatClient
    conversation: ConversationId

    async def unread(self) -> int:
        await self.world.settle()
        return (await self.world.storage.tally(self.bob.me.id, self.conversation)).unread


async def a_window(world: ChatWorld) -> Window:
    alice, bob = await world.users("alice", "bob")
    conversation = await alice.conversation_with("bob")
    await fill(alice, conversation, 3)
    await world.settle()
    return Window(world, bob, conversation)


async def test_at_the_start_nothing_is_open_and_a_bot_marks_nothing_by_itself() -> None:
    async with ChatWorld() as world:
        window = await a_window(world)

        window.bob.visible(window.conversation, [1, 2, 3])

        assert await window.unread() == 3


async def test_what_is_visible_in_the_open_conversation_of_an_active_window_is_read() -> None:
    async with ChatWorld() as world:
        window = await a_window(world)
        counts = []

        window.bob.opened(window.conversation)
        counts.append(await window.unread())
        window.bob.window_active(True)
        counts.append(await window.unread())
        window.bob.visible(window.conversation, [2])
        counts.append(await window.unread())
        window.bob.window_active(False)
        window.bob.visible(window.conversation, [2, 3])
        counts.append(await window.unread())
        window.bob.window_active(True)
        counts.append(await window.unread())

        assert counts == [3, 3, 2, 2, 1]


async def test_visible_replaces_its_former_value_and_another_conversation_shows_nothing_of_this() -> None:
    async with ChatWorld() as world:
        window = await a_window(world)
        window.bob.opened(window.conversation)

        window.bob.visible(window.conversation, [1])
        window.bob.visible(window.conversation, [3])
        window.bob.visible(GENERAL, [1, 2])
        window.bob.window_active(True)
        after_replacing = await window.unread()
        window.bob.opened(None)
        window.bob.visible(window.conversation, [1, 2])
        after_closing = await window.unread()

        assert (after_replacing, after_closing) == (2, 2)


async def test_what_is_visible_before_it_is_loaded_is_read_when_it_is() -> None:
    async with ChatWorld() as world:
        window = await a_window(world)

        window.bob.window_active(True)
        window.bob.opened(window.conversation)
        window.bob.visible(window.conversation, [1, 2, 3])

        assert await window.unread() == 0


async def test_what_was_displayed_is_reported_after_the_connection_came_back() -> None:
    async with ChatWorld() as world:
        window = await a_window(world)
        window.bob.opened(window.conversation)
        await world.settle()
        await world.kill()

        window.bob.window_active(True)
        window.bob.visible(window.conversation, [1, 3])
        await world.settle(10)
        window.bob.window_active(False)
        await world.start()
        await world.settle(60)

        assert await window.unread() == 1


# ---- timelines


async def test_an_opened_timeline_begins_with_a_reset_and_grows_both_ways() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 70)
        witness = Witness()
        bob.subscribe(witness)

        bob.opened(conversation)
        await world.settle()
        first = [item.seq for item in bob.replica.timeline(conversation)]
        grew = await bob.load_older(conversation)
        await alice.post(conversation, "one more")
        await world.settle()

        assert first == list(range(21, 71))
        assert grew
        assert [item.seq for item in bob.replica.timeline(conversation)] == list(range(1, 72))
        assert witness.items[conversation] == list(bob.replica.timeline(conversation))


async def test_at_its_beginning_a_timeline_does_not_grow() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 60)
        bob.opened(conversation)
        await world.settle()

        answers = [await bob.load_older(conversation), await bob.load_older(conversation)]

        assert answers == [True, False]
        assert bob.replica.is_at_beginning(conversation)


async def test_nothing_grows_that_is_not_open() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        assert not await alice.load_older(GENERAL)


async def test_pages_of_history_are_not_told_as_received() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await fill(alice, GENERAL, 60)
        carol = await world.log_in("carol", witness := Witness())

        carol.opened(GENERAL)
        await world.settle()
        await carol.load_older(GENERAL)
        await carol.history(GENERAL)
        await bob.post(GENERAL, "live")
        await world.settle()

        assert witness.of("received") == [(GENERAL, 61)]


async def test_opening_what_does_not_exist_stops_nothing_else() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")

        bob.opened(ConversationId("d.no.where"))
        await world.settle()
        world.cut(bob)
        await fill(alice, conversation, 3)
        await world.settle(60)

        assert bob.replica.complete
        assert [row.unread for row in bob.replica.rows if row.name == "alice"] == [3]


# ---- observers


async def test_subscribing_at_once_delivers_the_state_and_a_reset() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        alice.opened(GENERAL)
        await world.settle()
        witness = Witness()

        alice.subscribe(witness)

        assert witness.told == [alice.connection, ("rows", ["bob", GENERAL]), ("timeline", []), ("synced",)]
        assert witness.rows == list(alice.replica.rows)


async def test_who_unsubscribed_is_told_nothing_more() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        undo = alice.subscribe(witness := Witness())
        witness.told.clear()

        undo()
        await bob.post(GENERAL, "hi")
        await world.settle()

        assert witness.told == []


async def test_an_observer_that_raises_is_logged_and_stays(caplog: pytest.LogCaptureFixture) -> None:
    class Clumsy(Witness):
        def message_received(self, message: Message) -> None:
            super().message_received(message)
            msg = "oops"
            raise ValueError(msg)

    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        alice.subscribe(clumsy := Clumsy())

        await fill(bob, GENERAL, 2)
        await world.settle()

        assert clumsy.of("received") == [(GENERAL, 1), (GENERAL, 2)]
        assert caplog.text.count("an observer raised") == 2
        assert alice.connection.phase is ConnectionPhase.ONLINE


async def test_an_observer_may_call_the_client_and_everybody_still_hears_things_in_order() -> None:
    @attrs.define(eq=False)
    class Answering(Witness):
        react: Callable[[Message], None] = lambda _: None

        def message_received(self, message: Message) -> None:
            super().message_received(message)
            self.react(message)

    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")

        def react(message: Message) -> None:
            alice.opened(message.conversation)
            alice.post_soon(message.conversation, f"you said {message.text}")

        answering, other = Answering(react=react), Witness()
        alice.subscribe(answering)
        alice.subscribe(other)

        await bob.post(conversation, "one")
        await bob.post(conversation, "two")
        await world.settle()

        assert [message.text for message in await bob.history(conversation)] == [
            "one",
            "two",
            "you said one",
            "you said two",
        ]
        for witness in (answering, other):
            assert witness.rows == list(alice.replica.rows)
            assert witness.items[conversation] == list(alice.replica.timeline(conversation))


async def test_a_message_is_received_once_in_order_live_or_caught_up_opened_or_not() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        bob.subscribe(witness := Witness())
        conversation = await alice.conversation_with("bob")

        await fill(alice, conversation, 2)
        await world.settle()
        world.cut(bob)
        await fill(alice, conversation, 3)
        await world.settle(60)
        bob.opened(conversation)
        await world.settle()
        await fill(alice, conversation, 1)
        await world.settle()

        assert witness.of("received") == [(conversation, seq) for seq in range(1, 7)]


async def test_who_was_cut_for_not_reading_loses_nothing() -> None:
    async with ChatWorld(settings=HostSettings(max_backlog=60_000)) as world:
        alice, bob = await world.users("alice", "bob")
        bob.subscribe(witness := Witness())
        link = world.link(bob)
        assert link is not None
        link.is_stalled = True

        for number in range(80):
            alice.post_soon(GENERAL, f"{number:03}" * 400)
        await world.settle(60)

        assert world.link(bob) is not link
        assert witness.of("received") == [(GENERAL, seq) for seq in range(1, 81)]
        assert bob.replica.tally(GENERAL).unread == 80


async def test_too_long_a_gap_is_declared_and_can_be_fetched() -> None:
    async with ChatWorld(latency=0) as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 2)
        bob.opened(conversation)
        bob.subscribe(witness := Witness())
        await world.settle()
        stalled = world.link(bob)
        assert stalled is not None
        stalled.is_stalled = True
        for number in range(1_005):
            alice.post_soon(conversation, f"more {number}")
        while alice.replica.tally(conversation).seq < 1_007:
            await world.settle(0.5)

        world.cut(bob)
        await world.settle(60)
        await alice.post(conversation, "after the gap")
        await world.settle()

        assert witness.of("skipped") == [(conversation, 3, 1_007)]
        assert witness.of("received") == [(conversation, 1_008)]
        assert [item.seq for item in bob.replica.timeline(conversation)] == list(range(958, 1_009))
        assert witness.items[conversation] == list(bob.replica.timeline(conversation))
        assert await bob.unread(conversation) == 1_008
        assert len(await bob.history(conversation, before=1_008, limit=1_005)) == 1_005


async def test_the_state_of_the_connection_is_told_with_the_time_of_the_next_try() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        alice.subscribe(witness := Witness())
        witness.told.clear()

        world.cut(alice)
        await world.settle()

        offline, *after = [state for state in witness.told if isinstance(state, ConnectionState)]
        assert offline.phase is ConnectionPhase.OFFLINE
        assert offline.retry_in is not None
        assert 0 <= offline.retry_in < 0.5
        assert [state.phase for state in after] == [ConnectionPhase.CONNECTING, ConnectionPhase.ONLINE]


# ---- a restored database


async def test_a_restored_database_is_taken_over_and_posts_are_kept() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        await fill(alice, conversation, 5)
        bob.opened(conversation)
        bob.window_active(True)
        await world.settle()
        await world.kill()
        bob.visible(conversation, [1, 2])
        marking = asyncio.ensure_future(bob.mark_read(conversation, 3))
        posting = asyncio.ensure_future(bob.post(conversation, "kept"))
        await turns()

        inner = world.storage.inner
        assert isinstance(inner, MemoryStorage)
        inner._epoch = "restored"  # of a backup made before anything was written
        inner._logs.clear()
        await world.start()
        await world.settle(60)

        with pytest.raises(NotFound):
            await marking
        assert (await posting).seq == 1
        assert [(item.seq, item.text, item.state) for item in bob.replica.timeline(conversation)] == [
            (1, "kept", ItemState.SENT)
        ]
        await fill(alice, conversation, 2)
        assert await bob.unread(conversation) == 2

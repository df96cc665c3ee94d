"""The /commands."""

import base64

from chatcore_cli.terminal import Outcome

from chatcore import GENERAL, ChatClient, ClientId, ConversationId, ItemState
from chatcore.domain.marks import MAX_MARKS
from chatcore.testing import ChatWorld
from tests.cli.emulator import CTRL_C, CTRL_DOWN, CTRL_UP, ENTER, ChatEmulator, alt, terminal


async def refused_post(t: ChatEmulator) -> ConversationId:
    """Have a message to Bob refused: its client id was used before, in another conversation."""
    await t.client.post(GENERAL, "stored", client_id=ClientId("same"))
    await t.open("bob")
    conversation = await t.client.conversation_with("bob")
    t.client.post_soon(conversation, "is anybody there?", client_id=ClientId("same"))
    await t.settle()
    return conversation


def states(alice: ChatClient, conversation: ConversationId) -> list[ItemState]:
    return [item.state for item in alice.replica.timeline(conversation)]


async def obey(t: ChatEmulator, line: str) -> None:
    await t.type(line, ENTER)
    await t.settle()


async def test_open_and_everybody_choose_a_conversation() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await obey(t, "/open BOB")
            assert "● bob  active" in t.lines[0]

            await obey(t, "/everybody")
            assert "● General chat  2 active" in t.lines[0]


async def test_open_says_that_there_is_no_such_user() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await obey(t, "/open nobody")
            assert "nobody: There is no user of this name" in t.lines[-1]

            await t.type(CTRL_C)
            await obey(t, "/open")
            assert "Write /open NAME." in t.lines[-1]


async def test_read_marks_what_was_never_displayed() -> None:
    async with ChatWorld() as world:
        alice, bob, _ = await world.users("alice", "bob", "carol")
        conversation = await bob.conversation_with("alice")
        for number in range(700):  # more than one request may mark
            bob.post_soon(conversation, f"message {number}")
        await bob.post(GENERAL, "for everybody")
        await world.settle(60)
        async with terminal(world, alice) as t:
            await t.open("bob")
            assert await alice.unread(conversation) > MAX_MARKS

            await obey(t, "/read")

            assert (await alice.unread(conversation), await alice.unread(GENERAL)) == (0, 1)
            assert [line.strip() for line in t.roster if "message 699" in line] == ["message 699"]


async def test_find_begins_to_choose() -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await obey(t, "/find car")

            assert t.lines[0].startswith(" Find: car")
            assert [line for line in t.roster if line] == [">● carol"]


async def test_an_unknown_command_stays_written_and_is_not_sent() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await obey(t, "/usr/bin/env python")

            assert "There is no command /usr/bin/env. F1 lists them; // writes a slash." in t.lines[-1]
            assert "> /usr/bin/env python" in t.lines[-2]
            assert await bob.history(await bob.conversation_with("alice")) == []


async def test_two_slashes_begin_a_text_with_one() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await obey(t, "//usr/bin/env python")

            assert [m.text for m in await bob.history(await bob.conversation_with("alice"))] == ["/usr/bin/env python"]


async def test_a_refused_message_says_why_and_can_be_discarded() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            conversation = await refused_post(t)
            assert states(alice, conversation) == [ItemState.REFUSED]
            assert "! refused: another message was sent" in t.text
            assert "Alt+R sends it" in t.text

            await obey(t, "/discard")

            assert states(alice, conversation) == []
            assert "refused" not in t.text


async def test_a_refused_message_can_be_sent_again() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            conversation = await refused_post(t)
            await world.kill()

            await t.type("/retry", ENTER)
            assert states(alice, conversation) == [ItemState.WAITING]
            assert "◷" in t.talk[-2]

            await t.type("/retry", ENTER)
            assert "There is no refused message here." in t.lines[-1]


async def test_copy_puts_the_picked_message_into_the_clipboard() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        for text in ("first\nzażółć", "second\u202e"):
            await bob.post(await bob.conversation_with("alice"), text)
        async with terminal(world, alice) as t:
            await t.open("bob")

            await obey(t, "/copy")
            assert copied(t) == "second\ufffd"

            await t.type(CTRL_UP, CTRL_UP, alt("c"))
            assert copied(t) == "first\nzażółć"

            await t.type(CTRL_DOWN, alt("c"))
            assert copied(t) == "second\ufffd"


def copied(t: ChatEmulator) -> str:
    return base64.b64decode(t.glass.raw.rpartition("\x1b]52;c;")[2].partition("\x07")[0]).decode()


async def test_logout_ends_the_session() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await obey(t, "/logout")

            assert t.screen._left is Outcome.LOGGED_OUT
            assert alice.token is None
            assert not bob.replica.rows[-1].active


async def test_logout_while_the_server_is_away_says_so_and_stays() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            await world.kill()

            await t.type("/logout", ENTER)
            await t.settle(0)

            assert t.app.is_running
            assert alice.token is not None


async def test_a_session_that_ends_elsewhere_ends_the_screen() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        other = await world.client(alice.token)
        await world.settle()
        async with terminal(world, alice) as t:
            await other.log_out()
            await t.settle()

            assert t.screen._left is Outcome.LOGGED_OUT


async def test_quit_leaves_and_keeps_the_session() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            await obey(t, "/quit")

            assert t.screen._left is Outcome.QUIT
            assert alice.token is not None


async def test_help_is_shown_and_closed_with_enter() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            await obey(t, "/help")
            assert "next conversation" in t.text

            await t.type(ENTER)
            assert "next conversation" not in t.text


async def test_name_has_others_see_another_name_and_the_account_s_again() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.type("/name Alice K.", ENTER)
            await t.settle()
            assert "Others see you as Alice K. now." in t.lines[-1]
            assert [row.name for row in bob.replica.rows] == ["Alice K.", "general"]

            await t.type("/everybody", ENTER)
            await t.settle()
            assert t.lines[-1].endswith(" Alice K.")

            await t.type("/name bob", ENTER)
            await t.settle()
            assert "This name looks like the account of somebody else." in t.lines[-1]

            await t.type("/name", ENTER)
            await t.settle()
            assert [row.name for row in bob.replica.rows] == ["alice", "general"]


async def test_a_slash_opens_a_menu_of_the_commands_with_what_they_mean() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type("/")
            all_of_them = t.text
            await t.type("un")
            fitting = t.text
            await t.type("x")

            assert "/open       open the conversation with somebody" in all_of_them
            assert "/unread  go to the first unread message" in fitting
            assert "/open" not in fitting
            assert "/unread" not in t.text


async def test_help_says_what_one_command_does() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await obey(t, "/help date")
            assert "/date DAY: go to a day" in t.lines[-1]

            await obey(t, "/help nothing")
            assert "There is no command /nothing" in t.lines[-1]

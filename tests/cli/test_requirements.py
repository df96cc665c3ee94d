"""What the system must do, one requirement after the other, as a person at the terminal meets it."""

# ruff: noqa: N802 - a test is named after its requirement

import asyncio

from chatcore_cli.first_start import LogInScreen
from prompt_toolkit.output import ColorDepth

from chatcore import GENERAL, ChatClient, ItemState
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from chatcore.view.credentials import Credentials
from chatcore.view.language import ENGLISH
from tests.cli.emulator import BACKSPACE, CTRL_F, CTRL_N, CTRL_UP, ENTER, FOCUS_IN, FOCUS_OUT, TAB, form, terminal

HOUR = 3600.0


async def say(sender: ChatClient, to: str, text: str) -> None:
    conversation = GENERAL if to == "general" else await sender.conversation_with(to)
    await sender.post(conversation, text)


def asked(world: ChatWorld, clients: list[ChatClient]) -> LogInScreen:
    """The form of the first start, over the world."""

    async def enter(credentials: Credentials, _trouble: object) -> None:
        client = await world.client()
        begin = client.register if credentials.is_new else client.log_in
        await begin(credentials.name, credentials.password)
        clients.append(client)

    return LogInScreen(ENGLISH, enter, server="ws://127.0.0.1:8765", name="")


# ---- the earlier stages


async def test_E1_what_is_written_goes_to_the_chosen_user() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("hello bob", ENTER)
            await t.settle()

            messages = await bob.history(await bob.conversation_with("alice"))
            assert [message.text for message in messages] == ["hello bob"]
            assert t.talk[-1].strip(" ▕") == "hello bob"


async def test_E2_what_the_chosen_user_writes_appears() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await say(bob, "alice", "hello alice")
            await t.settle()

            assert t.talk[-1] == "▎ hello alice"


async def test_E3_the_conversation_with_the_chosen_user_is_shown() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        await say(alice, "bob", "one")
        await say(bob, "alice", "two")
        await say(carol, "alice", "from somebody else")
        async with terminal(world, alice) as t:
            await t.open("bob")

            assert [line.strip(" ▎▕") for line in t.talk if "one" in line or "two" in line] == ["one", "two"]
            assert not any("somebody else" in line for line in t.talk)


async def test_E4_the_list_has_all_users_but_oneself() -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            names = [line.strip("> ●○") for line in t.roster if line.strip()]

            assert names == ["bob", "carol", "General chat"]


async def test_E5_what_is_written_in_the_general_chat_goes_to_everybody() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.type("/everybody", ENTER)

            await t.type("hello all", ENTER)
            await t.settle()

            assert [message.text for message in await bob.history(GENERAL)] == ["hello all"]
            assert carol.replica.rows[0].unread == 1


async def test_E6_somebody_new_registers() -> None:
    async with ChatWorld() as world:
        clients: list[ChatClient] = []
        async with form(world, lambda: asked(world, clients)) as (t, answer):
            await t.type("alice", ENTER, PASSWORD, TAB, TAB, ENTER)
            await t.settle()

            assert await answer
            assert clients[0].me.name == "alice"


async def test_E7_a_user_logs_in() -> None:
    async with ChatWorld() as world:
        await world.users("alice")
        clients: list[ChatClient] = []
        async with form(world, lambda: asked(world, clients)) as (t, answer):
            await t.type("alice", ENTER, PASSWORD, ENTER)
            await t.settle()

            assert await answer
            assert clients[0].me.name == "alice"
            assert PASSWORD not in t.glass.raw


# ---- the task


async def test_T1_every_user_has_a_status() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            assert "● bob" in t.text

            await bob.log_out()
            await t.open("bob")

            assert "○ bob" in t.roster[1]
            assert "○ bob  inactive" in t.lines[0]


async def test_T2_every_message_has_date_and_time_and_a_read_status() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await say(alice, "bob", "yesterday's")
        await world.settle(24 * HOUR)
        await say(bob, "alice", "today's")
        async with terminal(world, alice) as t:
            await t.type(FOCUS_OUT)
            await t.open("bob")

            assert "You  14 Nov 22:13 ✓" in t.text
            assert "bob  22:13 •" in t.text

            await t.type(FOCUS_IN)
            await t.settle()

            assert "bob  22:13" in t.text
            assert "•" not in t.text

            await t.type(CTRL_UP)

            assert "bob  22:13 read" in t.text


async def test_T3_displaying_one_message_takes_one_from_the_count() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        for number in range(3):
            await say(bob, "alice", f"number {number}\n" + "line\n" * 15)
        conversation = await alice.conversation_with("bob")
        async with terminal(world, alice) as t:
            assert await alice.unread(conversation) == 3

            await t.open("bob")

            assert await alice.unread(conversation) == 2
            assert t.roster[1].endswith(" 2")


async def test_T4_the_list_is_sorted_by_last_message_then_status() -> None:
    async with ChatWorld() as world:
        alice, bob, carol, dora, eve = await world.users("alice", "bob", "carol", "dora", "eve")
        await say(carol, "alice", "older")
        await world.settle(60)
        await say(bob, "alice", "newer")
        await dora.log_out()
        async with terminal(world, alice) as t:
            names = [line[3:].split("  ")[0] for line in t.roster if line[1:2] in {"●", "○"}]

            assert names == ["bob", "carol", "eve", "General chat", "dora"]
            assert eve.me.name == "eve"


async def test_T5_a_row_says_status_and_unread_and_opens_the_conversation_with_its_past() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await say(bob, "alice", "first")
        await say(bob, "alice", "second")
        async with terminal(world, alice) as t:
            assert t.roster[0].startswith(">● bob")
            assert t.roster[1].split() == ["second", "2"]

            await t.type(ENTER)
            await t.settle()

            assert [line for line in t.talk if line.startswith("▎") and "bob" not in line] == ["▎ first", "▎ second"]


async def test_T6_typing_goes_on_while_the_server_is_away() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await world.kill()

            await t.type("into the outbox", ENTER, "the next one")

            assert t.lines[-1].startswith(" ○ offline: trying again in ")
            assert " s  The connection was lost. " in t.lines[-1]
            assert "◷" in t.talk[-2]
            assert " > the next one" in t.lines[-2]

            await world.start()
            await t.settle(60)

            assert t.lines[-1].startswith(" ● online")
            assert "✓" in t.talk[-2]
            assert " > the next one" in t.lines[-2]


async def test_T7a_somebody_who_registers_appears_in_the_list() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            assert "newcomer" not in t.text

            await world.log_in("newcomer")
            await t.settle()

            assert "● newcomer" in t.text


async def test_T7b_and_c_who_logs_in_or_out_changes_dot_and_place() -> None:
    async with ChatWorld() as world:
        alice, bob, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await bob.log_out()
            await t.settle()

            assert [line[1:8].strip() for line in t.roster if line.strip()] == ["● carol", "● Gener", "○ bob"]

            await bob.log_in("bob", PASSWORD)
            await t.settle()

            assert [line[1:8].strip() for line in t.roster if line.strip()] == ["● bob", "● carol", "● Gener"]


async def test_T7d_a_message_comes_into_the_open_conversation_or_raises_the_count() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await say(bob, "alice", "into the window")
            await say(carol, "alice", "elsewhere")
            await t.settle()

            assert "▎ into the window" in t.talk
            assert t.roster[0].startswith(" ● carol")
            assert t.roster[1].split() == ["elsewhere", "1"]
            assert t.roster[3].split() == ["into", "the", "window"]


async def test_T7e_the_ticks_change_when_the_other_one_reads() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type("read me", ENTER)
            await t.settle()
            assert t.talk[-2].split()[-2] == "✓"

            await bob.mark_read(await bob.conversation_with("alice"), 1)
            await t.settle()

            assert t.talk[-2].split()[-2] == "✓✓"


async def test_T8_what_is_displayed_is_reported_as_read() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        bob.opened(conversation)
        async with terminal(world, alice) as t:
            await t.type(FOCUS_OUT)
            await t.open("bob")
            await say(bob, "alice", "do you see me?")
            await t.settle()
            assert [item.state for item in bob.replica.timeline(conversation)] == [ItemState.SENT]

            await t.type(FOCUS_IN)
            await t.settle()

            assert [item.state for item in bob.replica.timeline(conversation)] == [ItemState.READ]


async def test_T9_received_stand_left_and_sent_right_each_in_its_colour_with_sender_time_and_status() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await say(bob, "alice", "received")
        await say(alice, "bob", "sent by me")
        async with terminal(world, alice) as t:
            await t.open("bob")

            left, right = t.glass.cell("received"), t.glass.cell("sent by me  ▕")
            assert "▎bob  22:13" in t.talk
            assert any(line.endswith("You  22:13 ✓ ▕") and line.startswith("        ") for line in t.talk)
            assert t.glass.column_of("▎ received") == 25
            assert t.glass.column_of("sent by me  ▕") > 60
            assert left.bg != right.bg


async def test_T9_left_and_right_are_told_apart_without_colours_too() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await say(bob, "alice", "received")
        await say(alice, "bob", "sent by me")
        async with terminal(world, alice, depth=ColorDepth.DEPTH_1_BIT) as t:
            await t.open("bob")

            assert "▎ received" in t.talk
            assert any(line.startswith("   ") and line.endswith("sent by me  ▕") for line in t.talk)
            assert {t.glass.cell(text).bg for text in ("received", "sent by me")} == {"default"}


async def test_U1_from_the_credentials_to_the_live_list() -> None:
    async with ChatWorld() as world:
        bob, _ = await world.users("bob", "alice")
        clients: list[ChatClient] = []
        async with form(world, lambda: asked(world, clients)) as (t, answer):
            await t.type("alice", ENTER, "a wrong password", ENTER)
            await t.settle()
            assert "The name or the password is wrong." in t.text

            await t.type(*BACKSPACE * len("a wrong password"), PASSWORD, ENTER)
            await t.settle()
            assert await answer
        async with terminal(world, clients[0]) as t:
            assert "● bob" in t.text

            await say(bob, "alice", "live")
            await t.settle()

            assert t.roster[1].split() == ["live", "1"]


async def test_U2_from_choosing_somebody_to_the_other_one_s_badge() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as one, terminal(world, bob) as other:
            assert other.roster[0].startswith(">● alice")

            await one.type(CTRL_F, "bo", ENTER)
            await one.settle()
            assert "No messages yet." in one.text
            await one.type("shall we begin?", ENTER)
            await asyncio.gather(one.settle(), other.settle())

            assert other.roster[0].startswith(">● alice")
            assert other.roster[1].split() == ["shall", "we", "begin?", "1"]
            assert CTRL_N not in one.text

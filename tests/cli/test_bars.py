"""The single lines of the screen: who is open, what is below the view, how the connection is."""

import asyncio
import re

from chatcore import ChatClient
from chatcore.testing import ChatWorld
from tests.cli.emulator import CTRL_C, DOWN, ENTER, F1, PAGE_UP, ChatEmulator, alt, terminal


async def many(writer: ChatClient, reader: ChatClient) -> None:
    """Write more than the screen shows, all of it read."""
    conversation = await writer.conversation_with("alice")
    for number in range(1, 31):
        await writer.post(conversation, f"line {number}")
    await reader.mark_read(conversation, *range(1, 31))


def header(t: ChatEmulator) -> str:
    return t.lines[0].split("│")[1].strip()


def rule(t: ChatEmulator) -> str:
    return next(line.split("│")[1] for line in reversed(t.lines) if "│─" in line)


async def test_the_header_leads_to_the_first_unread_message_as_soon_as_the_conversation_is_open() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        await asyncio.gather(*(bob.post(conversation, f"line {number}") for number in range(1, 701)))
        async with terminal(world, alice) as t:
            await t.open("bob")
            opened = header(t)
            await t.type(PAGE_UP)
            above = header(t)
            await t.type(alt("u"))

            assert re.fullmatch(r"● bob  active  ↑ 6\d\d unread · Alt\+U", opened)
            assert re.fullmatch(r"● bob  active  ↑ 6\d\d unread · Alt\+U", above)
            assert int(above.split()[4]) < int(opened.split()[4])
            assert header(t) == "● bob  active"


async def test_the_header_says_who_is_open_and_whether_they_are_there() -> None:
    async with ChatWorld() as world:
        alice, bob, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            assert header(t) == ""

            await t.open("bob")
            assert header(t) == "● bob  active"

            await bob.log_out()
            await t.settle()
            assert header(t) == "○ bob  inactive"

            await t.open("General")
            assert header(t) == "● General chat  2 active"


async def test_a_long_name_leaves_room_for_the_status() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "a-name-of-thirty-two-characters-")
        async with terminal(world, alice, 60) as t:
            await t.open("a-name")

            assert header(t).endswith("…  active")


async def test_the_rule_says_what_is_below_the_view() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await many(bob, alice)
        async with terminal(world, alice) as t:
            await t.open("bob")
            assert set(rule(t)) == {"─"}

            await t.type(PAGE_UP)
            assert rule(t).endswith("─ ↓ newest · Ctrl+End ──")

            await bob.post(await bob.conversation_with("alice"), "one more")
            await t.settle()
            assert rule(t).endswith("─ ↓ 1 new · Ctrl+End ──")


async def test_the_status_says_how_the_connection_is_what_one_can_press_and_who_one_is() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            assert t.lines[-1] == " ● online  F1 help · Ctrl+F find · Alt+A next unread                      alice"

            await t.type(F1)
            assert "● online  ↑ ↓ PgUp PgDn scroll · Esc closes" in t.lines[-1]


async def test_while_there_is_no_connection_it_says_why_and_when_the_next_try_is() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            await world.kill()
            await t.settle()

            assert t.lines[-1].startswith(" ○ offline: trying again in ")
            assert "No connection" not in t.lines[-1]


async def test_after_a_session_that_ended_elsewhere_it_says_where_the_log_in_is() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")  # somebody is at work: the screen stays
            other = await world.client(alice.token)
            await world.settle()
            await other.log_out()
            await t.settle()

            assert "The session has ended; log in again." in t.lines[-1]
            await t.resize(120, 24)
            assert "Alt+L goes to the log-in." in t.lines[-1]


async def test_what_an_action_has_to_say_comes_before_the_name_of_the_user() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice, 52) as t:
            await t.type(alt("1"), ENTER, alt("a"))

            assert t.lines[-1] == " ● online  There are no unread messages elsewhere."
            await t.resize(80, 24)
            assert t.lines[-1].endswith(" alice")


async def test_several_notices_stand_apart_in_the_one_line() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            t.screen.desk.notices.add("The first")
            t.screen.desk.notices.add("The second")
            await t.settle()

            assert "  The first · The second " in t.lines[-1]


async def test_what_the_status_line_has_no_room_for_stands_above_it_in_lines_of_its_own() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice, 40, 12) as t:
            await t.open("bob")
            await t.type("/date never", ENTER)

            assert t.lines[-3:-1] == [" Which day? Such as 2026-05-31, 31.5.", " or yesterday."]
            assert t.lines[-1].startswith(" ● online  F1 help")
            await t.resize(100, 24)
            assert t.lines[-1] == " ● online  Which day? Such as 2026-05-31, 31.5. or yesterday." + " " * 33 + "alice"


async def test_what_is_very_long_takes_three_lines_at_most() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice, 40, 12) as t:
            t.screen.desk.notices.say("word " * 60)
            await t.settle()

            assert [line[:5] for line in t.lines[-4:]] == [" word", " word", " word", " ● on"]
            assert t.lines[-2].endswith("…")


async def test_what_the_menu_cuts_of_a_command_s_meaning_is_told_whole_once_it_is_chosen() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice, 40, 12) as t:
            await t.open("bob")
            await t.type("/")
            none_chosen = t.text
            t.screen.desk.notices.say("what was said before")
            await t.type(DOWN)
            chosen = t.lines[-3:-1]
            await t.type(CTRL_C, "/nam")
            named = t.lines[-3:-1]

            assert "or what a command does" not in none_chosen
            assert chosen[-1] == " show this help, or what a command does"
            assert " ".join(" ".join(named).split()) == (
                "have others see you under this name; without one, under the account's"
            )

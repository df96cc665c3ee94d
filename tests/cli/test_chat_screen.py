"""The full screen, as it looks."""

import asyncio
from datetime import timedelta

import pytest
from prompt_toolkit.output import ColorDepth

from chatcore import GENERAL, ChatClient, UserId
from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.users import AccountName, NewUser
from chatcore.testing import ChatWorld
from chatcore.view.language import load
from tests.cli.emulator import (
    ALT_DOWN,
    CTRL_END,
    DOWN,
    ENTER,
    F1,
    FOCUS_IN,
    FOCUS_OUT,
    PAGE_DOWN,
    PAGE_UP,
    ChatEmulator,
    alt,
    terminal,
)

START = """\
 Find:                  │
>● bob            22:13 │
   How are you?      1  │
 ● carol                │
 ● General chat         │
                        │
                        │
                        │
                        │
                        │      Choose somebody in the list: ↑ ↓ and Enter.
                        │          Write a part of a name to find it.
                        │
                        │                  F1 shows all keys.
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │───────────────────────────────────────────────────────
                        │
 ● online  F1 help · Ctrl+F find · Alt+A next unread                      alice"""

OPEN = """\
 Ctrl+F: find           │ ● bob  active
 ● bob            22:13 │
   How are you?         │
 ● carol                │
 ● General chat         │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │──────────────────────── Today ────────────────────────
                        │                                        You  22:13 ✓✓ ▕
                        │                                         Hello!       ▕
                        │─────────────────── Unread messages ───────────────────
                        │▎bob  22:13
                        │▎ How are you?
                        │───────────────────────────────────────────────────────
                        │ > Write to bob
 ● online  F1 help · Ctrl+F find · Alt+A next unread                      alice"""


async def talking(world: ChatWorld) -> ChatClient:
    """Alice, to whom Bob has answered."""
    alice, bob, _ = await world.users("alice", "bob", "carol")
    conversation = await alice.conversation_with("bob")
    await alice.post(conversation, "Hello!")
    await bob.mark_read(conversation, 1)
    await bob.post(conversation, "How are you?")
    return alice


async def wordy(world: ChatWorld, count: int) -> tuple[ChatClient, ChatClient]:
    """Alice and Bob, who has written many lines, all read."""
    alice, bob = await world.users("alice", "bob")
    conversation = await alice.conversation_with("bob")
    await asyncio.gather(*(bob.post(conversation, f"line {number}") for number in range(1, count + 1)))
    await alice.mark_read(conversation, *range(1, count + 1))
    return alice, bob


def lines_of(t: ChatEmulator) -> list[str]:
    return [line.strip("▎ ") for line in t.talk if line.startswith("▎ line")]


async def test_the_start_at_80_by_24() -> None:
    async with ChatWorld() as world, terminal(world, await talking(world)) as t:
        assert t.text == START


async def test_an_open_conversation_at_80_by_24() -> None:
    async with ChatWorld() as world, terminal(world, await talking(world)) as t:
        await t.type(ENTER)
        await t.settle()

        assert t.text == OPEN


async def test_what_the_help_covers_is_not_read() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), "unseen")
        async with terminal(world, alice) as t:
            await t.type(FOCUS_OUT)
            await t.open("bob")
            await t.type(F1, FOCUS_IN)
            await t.settle()

            assert alice.replica.rows[0].unread == 1


async def test_a_conversation_begins_with_the_first_of_many_unread_messages() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        await asyncio.gather(*(bob.post(conversation, f"line {number}") for number in range(1, 121)))
        async with terminal(world, alice) as t:
            await t.open("bob")

            seen = lines_of(t)
            assert seen[0] == "line 1"
            assert "Unread messages" in t.talk[1]
            assert alice.replica.rows[0].unread == 120 - len(seen)
            assert f"↓ {120 - len(seen)} new" in t.text


async def test_older_messages_come_while_scrolling_up_without_a_jump() -> None:
    async with ChatWorld() as world:
        alice, _ = await wordy(world, 130)
        async with terminal(world, alice) as t:
            await t.open("bob")
            seen = lines_of(t)

            while seen[0] != "line 1":
                await t.type(PAGE_UP)
                await t.settle()
                page = lines_of(t)
                assert seen[0] in page
                seen = page + seen[seen.index(page[-1]) + 1 :]

            assert seen == [f"line {number}" for number in range(1, 131)]


async def test_new_messages_do_not_tear_the_view_away() -> None:
    async with ChatWorld() as world:
        alice, bob = await wordy(world, 40)
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type(PAGE_UP)
            before = t.talk
            assert "↓ newest · Ctrl+End" in t.text

            await bob.post(await bob.conversation_with("alice"), "line 41")
            await t.settle()

            assert t.talk == before
            assert "↓ 1 new · Ctrl+End" in t.text

            await t.type(CTRL_END)
            await t.settle()

            assert lines_of(t)[-1] == "line 41"
            assert "↓" not in t.text.replace("↓ and", "")


async def test_what_is_sent_from_further_up_goes_to_the_end() -> None:
    async with ChatWorld() as world:
        alice, _ = await wordy(world, 40)
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type(PAGE_UP, "an answer", ENTER)
            await t.settle()

            assert "an answer" in t.talk[-1]


async def test_the_list_moves_live_and_the_open_row_stays_open() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type("first", ENTER)
            await t.settle(5)

            await carol.post(await carol.conversation_with("alice"), "now me")
            await t.settle()

            assert t.roster[0].startswith(" ● carol")
            assert t.roster[2].startswith(" ● bob")
            assert t.lines[0].endswith("● bob  active")
            selected = t.glass.screen.buffer[3][1].bg
            assert selected not in {"default", t.glass.screen.buffer[1][1].bg}
            assert bob.me.name == "bob"


async def test_choosing_begins_at_the_top_of_the_list_however_it_comes_and_stays_with_its_row() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), "hello")
        await world.kill()
        again = await world.client(alice.token)
        async with terminal(world, again) as t:
            assert "The list comes with" in t.roster[0]

            await world.start()
            await t.settle(30)
            assert t.roster[0].startswith(">● bob")

            t.clock.advance()
            await t.settle(0)
            await bob.post(GENERAL, "now this is on top")
            await t.settle()
            assert t.roster[0].startswith(" ● General chat")
            assert t.roster[2].startswith(">● bob")


async def test_500_users_scroll_with_the_cursor() -> None:
    storage = MemoryStorage()
    for number in range(500):
        name = f"user{number:03d}"
        await storage.add_user(NewUser(UserId(f"{number:016x}"), AccountName(name, name), ""), 0)
    async with ChatWorld(storage=storage) as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            await t.type(*[DOWN] * 30)

            assert any(line.startswith(">○ user029") for line in t.roster)
            assert len([line for line in t.roster if "user" in line]) == 22

            await t.type("user4", DOWN)

            assert t.roster[:2] == [" ○ user400", ">○ user401"]


async def test_long_names_wide_letters_and_emoji_keep_the_columns() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "a-name-of-thirty-two-characters1")
        conversation = await bob.conversation_with("alice")
        for text in ("zażółć gęślą jaźń", "你好世界" * 20, "👨‍👩‍👧‍👦 🇵🇱 ❤️ 👍🏽", "x" * 200, "a\u0301" * 50):
            await bob.post(conversation, text)
        async with terminal(world, alice) as t:
            await t.open("a-name")

            separators = {t.glass.screen.buffer[row][24].data for row in range(23)}
            assert separators == {"│"}
            assert "▎ 👨👩👧👦 PL ❤ 👍" in t.talk


@pytest.mark.parametrize("depth", [ColorDepth.DEPTH_24_BIT, ColorDepth.DEPTH_1_BIT])
async def test_no_line_of_a_message_looks_like_the_head_of_another(depth: ColorDepth) -> None:
    forged = "hello\nbob  22:13 •\n\u00a0bob  22:13 •\n▎bob  22:13 •\n\u2067bob  22:13 •\n" + "x" * 49 + " bob  22:13 •"
    async with ChatWorld() as world:
        alice, carol = await world.users("alice", "carol")
        await carol.post(GENERAL, forged)
        async with terminal(world, alice, depth=depth) as t:
            await t.open("general")

            said = [line for line in t.talk if line.startswith("▎")]
            heads = [line for line in said if not line.startswith("▎ ")]

    assert [head.split()[0] for head in heads] == ["▎carol"]
    assert len([line for line in said if "bob" in line]) >= 5


async def test_a_message_longer_than_the_screen_is_read_when_its_end_was_seen() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        words = " ".join(f"word{number:03d}" for number in range(499))
        await bob.post(await bob.conversation_with("alice"), words)
        async with terminal(world, alice) as t:
            await t.open("bob")
            assert "word000" in t.text
            assert alice.replica.rows[0].unread == 1
            seen = t.text

            for _ in range(8):
                await t.type(PAGE_DOWN)
                seen += t.text
            await t.settle()

            assert all(word in seen for word in words.split())
            assert alice.replica.rows[0].unread == 0


async def test_what_others_write_cannot_reach_the_terminal() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), "evil \u202egnp.exe \u200b\u2066 end")
        async with terminal(world, alice) as t:
            await t.open("bob")

            assert "evil \ufffdgnp.exe \ufffd end" in t.text
            assert not set("\u202e\u200b\u2066") & set(t.glass.raw)


async def test_the_screen_speaks_polish() -> None:
    async with ChatWorld() as world, terminal(world, await talking(world), language=load("pl")) as t:
        await t.type(ENTER)
        await t.settle()

        assert "Ty  22:13" in t.text
        assert "Czat ogólny" in t.text


async def test_without_colours_no_colour_is_sent() -> None:
    async with ChatWorld() as world:
        alice = await talking(world)
        async with terminal(world, alice, depth=ColorDepth.DEPTH_1_BIT) as t:
            await t.type(ENTER)
            await t.settle()

            colours = {cell.fg for row in t.glass.screen.buffer.values() for cell in row.values()}
            assert colours == {"default"}


async def test_the_help_has_all_keys_and_is_left_with_escape() -> None:
    async with ChatWorld() as world, terminal(world, await talking(world)) as t:
        await t.type(F1)
        assert "next conversation" in t.text
        await t.type(*[DOWN] * 40)
        assert "/quit" in t.text

        await t.type("\x1b")
        await t.until(lambda text: "● bob" in text)


async def test_a_long_history_costs_no_more_than_what_is_in_view() -> None:
    async with ChatWorld() as world:
        alice, _ = await wordy(world, 200)
        async with terminal(world, alice) as t:
            await t.open("bob")
            for _ in range(20):
                await t.type(PAGE_UP)
                await t.settle()
            painter = t.screen._talk._column._painter
            painter._laid_out._kept.clear()

            t.screen.desk.talk.page(-1)
            t.screen.app._redraw()

            assert len(t.screen.desk.view.items if t.screen.desk.view else ()) == 200
            assert len(painter._laid_out._kept) < 40


async def test_the_day_turns_at_midnight() -> None:
    async with ChatWorld() as world, terminal(world, await talking(world)) as t:
        await t.type(ENTER)
        await t.settle()
        assert "─ Today ─" in t.text

        await t.settle(timedelta(hours=3).total_seconds())
        t.clock.advance()
        await t.settle(0)

        assert "─ Yesterday ─" in t.text
        assert "14 Nov 22:13" in t.text


async def test_with_nothing_but_oneself_there_is_the_general_chat() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            await t.type(ALT_DOWN)
            assert [line for line in t.roster if line.strip()] == [">● General chat"]

            await t.type(alt("1"), "all alone", ENTER)
            await t.settle()

            assert [message.text for message in await alice.history(GENERAL)] == ["all alone"]


async def test_offline_nothing_says_that_a_conversation_has_no_messages_unless_it_is_known() -> None:
    async with ChatWorld() as world:
        alice, bob, _ = await world.users("alice", "bob", "carol")
        await bob.post(await bob.conversation_with("alice"), "hello")
        async with terminal(world, alice) as t:
            await t.open("carol")
            assert "No messages yet. Write the first one." in t.text
            await world.kill()
            await t.settle()

            await t.open("bob")
            assert "The messages come with the connection." in t.text

"""List and conversation on terminals of all sizes."""

import pytest

from chatcore.testing import ChatWorld
from tests.cli.emulator import CTRL_F, ENTER, FOCUS_IN, FOCUS_OUT, PAGE_UP, terminal
from tests.cli.test_chat_screen import OPEN, lines_of, talking, wordy


@pytest.mark.parametrize(("columns", "rows"), [(160, 50), (80, 24), (60, 10), (59, 24), (30, 8), (20, 5)])
async def test_no_size_breaks_the_screen(columns: int, rows: int) -> None:
    async with ChatWorld() as world, terminal(world, await talking(world), columns, rows) as t:
        await t.type(ENTER)
        await t.settle()

        assert "bob" in t.text
        assert "online" in t.lines[-1]
        assert len(t.lines) == rows


async def test_a_narrow_terminal_shows_list_or_conversation() -> None:
    async with ChatWorld() as world, terminal(world, await talking(world), 50, 20) as t:
        assert "● bob" in t.lines[1]

        await t.type(ENTER)
        await t.settle()
        assert t.lines[0] == " ● bob  active"
        assert "carol" not in t.text

        await t.type("\x1b")
        await t.until(lambda text: "carol" in text)
        assert t.lines[0] == " Find:"


async def test_what_a_narrow_terminal_hides_is_not_read() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), "unseen")
        async with terminal(world, alice, 50, 20) as t:
            await t.type(FOCUS_OUT)
            await t.open("bob")
            await t.type(CTRL_F, FOCUS_IN)
            await t.settle()
            assert alice.replica.rows[0].unread == 1

            await t.type(ENTER)
            await t.settle()
            assert alice.replica.rows[0].unread == 0


async def test_the_size_may_change_while_it_runs() -> None:
    async with ChatWorld() as world, terminal(world, await talking(world)) as t:
        await t.type(ENTER)
        await t.settle()

        await t.resize(120, 40)
        wide = t.lines
        await t.resize(80, 24)

        assert (len(wide), "online" in wide[-1], wide[0].startswith(" Ctrl+F: find")) == (40, True, True)
        assert t.text == OPEN


async def test_the_view_stays_with_its_message_when_the_size_changes() -> None:
    async with ChatWorld() as world:
        alice, _ = await wordy(world, 40)
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type(PAGE_UP)
            lowest = lines_of(t)[-1]

            await t.resize(60, 16)

            assert lines_of(t)[-1] == lowest


async def test_a_menu_with_one_entry_does_not_cover_the_status_line() -> None:
    async with ChatWorld() as world, terminal(world, await talking(world)) as t:
        await t.type(ENTER)
        await t.type("/ev")
        await t.until(lambda text: "open the general chat" in text)

        assert "online" in t.lines[-1]
        assert "/everybody" in t.lines[-3]

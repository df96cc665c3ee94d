"""The parts of the screen under the mouse: the list, the conversation, the help."""

from chatcore.testing import ChatWorld
from tests.cli.emulator import ENTER, F1, PAGE_DOWN, ChatEmulator, terminal


def opened(t: ChatEmulator) -> str:
    return t.lines[0].split("│")[1].strip(" ●○").split("  ")[0]


def click(column: int, row: int) -> str:
    """Press and release the left button there; both counted from 0."""
    return f"\x1b[<0;{column + 1};{row + 1}M\x1b[<0;{column + 1};{row + 1}m"


def wheel_up(column: int, row: int) -> str:
    return f"\x1b[<64;{column + 1};{row + 1}M"


def wheel_down(column: int, row: int) -> str:
    return f"\x1b[<65;{column + 1};{row + 1}M"


async def test_a_click_opens_a_row_and_the_wheel_scrolls() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        for number in range(30):
            await bob.post(conversation, f"line {number}")
        await alice.mark_read(conversation, *range(1, 31))
        async with terminal(world, alice) as t:
            await t.type(click(5, 1))
            await t.settle()
            assert opened(t) == "bob"

            await t.type(wheel_up(50, 10), wheel_up(50, 10))

            assert "▎ line 29" not in t.talk
            assert "▎ line 26" in t.talk


async def test_the_list_stays_in_view_however_far_the_wheel_turns_and_the_terminal_grows() -> None:
    async with ChatWorld() as world:
        alice, *_ = await world.users("alice", *(f"user-{number:02}" for number in range(30)))
        async with terminal(world, alice) as t:
            await t.type(*[wheel_down(5, 5)] * 40)
            assert "user-29" in t.roster[-1]

            await t.resize(80, 40)
            await t.settle()

            assert "General chat" in t.roster[0]


async def test_what_is_found_is_shown_from_the_top_wherever_the_wheel_has_led() -> None:
    async with ChatWorld() as world:
        alice, *_ = await world.users("alice", *(f"user-{number:02}" for number in range(30)))
        async with terminal(world, alice) as t:
            await t.type("user")
            await t.type(*[wheel_down(5, 5)] * 5)
            assert "user-00" not in t.roster[0]

            await t.type("-")

            assert "user-00" in t.roster[0]


async def test_a_click_picks_a_message_and_another_one_lets_go_of_it() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), "hello")
        async with terminal(world, alice) as t:
            await t.type(ENTER)
            await t.settle()
            ground = t.glass.cell("▎ hello").bg
            row, column = t.glass.row_of("▎ hello"), t.glass.column_of("▎ hello")

            await t.type(click(column, row))
            assert t.glass.cell("▎ hello").bg != ground
            await t.type(click(column, row))
            assert t.glass.cell("▎ hello").bg == ground


async def test_the_help_scrolls_to_its_last_line_and_no_further() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            await t.type(F1, wheel_down(5, 5))
            assert "Conversations" not in t.lines[0]

            await t.type(*[PAGE_DOWN] * 20)
            assert "/quit" in t.lines[-2]
            await t.type(wheel_up(5, 5))
            assert "/quit" not in t.text


async def test_what_to_do_first_stands_where_no_conversation_is_open() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            assert t.talk == [
                "      Choose somebody in the list: ↑ ↓ and Enter.",
                "          Write a part of a name to find it.",
                "                  F1 shows all keys.",
            ]

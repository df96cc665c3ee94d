"""Pasted text in terminals that do not mark it, as GNU screen does not."""

import pytest

from chatcore import ChatClient
from chatcore.testing import ChatWorld
from tests.cli.emulator import CTRL_F, CTRL_Q, ENTER, paste, terminal


async def sent(client: ChatClient) -> list[str]:
    return [message.text for message in await client.history(await client.conversation_with("bob"))]


@pytest.mark.parametrize("lines", ["one\rtwo\rthree", "one\r\ntwo\r\nthree", "one\ntwo\nthree"])
async def test_pasted_lines_are_one_message_that_is_sent_when_somebody_presses_enter(lines: str) -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(lines)
            assert await sent(alice) == []

            await t.type(ENTER)
            await t.settle()
            assert await sent(alice) == ["one\ntwo\nthree"]


async def test_an_empty_line_and_a_tab_in_a_pasted_text_stay_in_it() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("one:\r\r\ttwo\r\t three", ENTER)
            await t.settle()

            assert await sent(alice) == ["one:\n\n\ttwo\n\t three"]


async def test_a_long_pasted_text_that_is_read_in_parts_is_one_message() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            line = "x" * 31  # so that a read of 1,024 bytes ends with a line end

            await t.type("\r".join([line] * 100), ENTER)
            await t.settle()

            assert await sent(alice) == ["\n".join([line] * 100)]


async def test_a_pasted_command_is_not_obeyed_and_no_row_is_chosen_by_a_pasted_line() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type("/quit\rnever")
            assert not t.app.is_done

            await t.type("\x03", CTRL_F, "bob\rsecret")
            assert "Find: bob secret" in t.text
            assert await sent(alice) == []


@pytest.mark.parametrize("behind", ["", "\x1b[I", "\x1b[<35;10;10M", ENTER, CTRL_F])
async def test_an_enter_sends_though_other_things_than_text_come_with_it(behind: str) -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(f"hello{ENTER}{behind}")
            await t.settle()

            assert await sent(alice) == ["hello"]


async def test_what_is_pasted_while_leaving_is_not_sent() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(f"one\rtwo{CTRL_Q}")

            assert await sent(alice) == []


async def test_colours_of_a_pasted_text_are_left_out_everywhere() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.type(paste("\x1b[1mbob\x1b[0m\r\n"), ENTER)
            await t.type(paste("\x1b[31mred\x1b[0m\r\nline"), ENTER)
            await t.settle()

            assert await sent(alice) == ["red\nline"]

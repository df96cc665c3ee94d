"""What counts as looked at on a terminal: messages are read only there and then."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chatcore import ChatClient
from chatcore.testing import ChatWorld
from chatcore.view.attention import WHILE
from tests.cli.emulator import FOCUS_IN, FOCUS_OUT, PAGE_UP, ChatEmulator, terminal


@asynccontextmanager
async def with_bob_open() -> AsyncIterator[tuple[ChatEmulator, ChatClient]]:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            yield t, bob


async def tells(bob: ChatClient, t: ChatEmulator) -> None:
    await bob.post(await bob.conversation_with("alice"), "hello")
    await t.settle()


async def passes(seconds: float, t: ChatEmulator) -> None:
    for _ in range(round(seconds)):
        t.clock.advance()
        await t.settle(0)


async def test_where_the_terminal_tells_nothing_of_its_focus_a_message_is_read_only_soon_after_a_key() -> None:
    async with with_bob_open() as (t, bob):
        await tells(bob, t)
        assert unread(t) == 0

        await passes(WHILE + 1, t)  # a multiplexer has another window in front
        await tells(bob, t)
        assert unread(t) == 1

        await t.type("x")
        await t.settle()
        assert unread(t) == 0


async def test_where_the_terminal_tells_of_its_focus_one_may_read_without_a_key() -> None:
    async with with_bob_open() as (t, bob):
        await t.type(FOCUS_OUT, FOCUS_IN)
        await passes(WHILE + 1, t)
        await tells(bob, t)
        assert unread(t) == 0


async def test_the_mouse_over_a_terminal_that_is_not_in_front_reads_nothing() -> None:
    async with with_bob_open() as (t, bob):
        await t.type(FOCUS_OUT, "\x1b[<35;10;10M")
        await tells(bob, t)
        assert unread(t) == 1


@pytest.mark.parametrize("rows", [2, 3])
async def test_what_does_not_fit_on_the_screen_is_not_read(rows: int) -> None:
    async with with_bob_open() as (t, bob):
        await t.type(FOCUS_OUT)
        await tells(bob, t)

        await t.resize(80, rows)
        await t.type(FOCUS_IN)
        await t.settle()
        assert "hello" not in t.text
        assert unread(t) == 1


async def test_a_message_below_the_view_rings_the_bell() -> None:
    async with with_bob_open() as (t, bob):
        for _ in range(20):
            await bob.post(await bob.conversation_with("alice"), "hello")
        await t.settle()
        rung = t.glass.raw.count("\x07")

        await t.type(PAGE_UP)
        await passes(3, t)
        await tells(bob, t)

        assert t.glass.raw.count("\x07") > rung


def unread(t: ChatEmulator) -> int:
    return t.client.replica.rows[0].unread

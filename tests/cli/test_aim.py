"""A person's aim at the terminal: who is chosen is who stood there when they decided."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from chatcore_cli.terminal import Outcome

from chatcore import ChatClient
from chatcore.testing import ChatWorld
from tests.cli.emulator import CTRL_F, CTRL_N, DOWN, ENTER, ChatEmulator, alt, paste, terminal
from tests.cli.test_panes import click, opened, wheel_up

BOB, CAROL = 1, 3
"""Where they stand at first: two lines each."""


def press(column: int, row: int) -> str:
    return f"\x1b[<0;{column + 1};{row + 1}M"


def release(column: int, row: int) -> str:
    return f"\x1b[<0;{column + 1};{row + 1}m"


@asynccontextmanager
async def looking() -> AsyncIterator[tuple[ChatEmulator, ChatClient, ChatClient]]:
    """Alice looks at a list that has Bob on top and then Carol; both are given, too."""
    async with ChatWorld() as world:
        alice, bob, carol, _ = await world.users("alice", "bob", "carol", "dave")
        for writer in (carol, bob):
            await writer.post(await writer.conversation_with("alice"), "hello")
        async with terminal(world, alice) as t:
            t.clock.elapse(1)
            assert [t.roster[0][3:6], t.roster[2][3:8]] == ["bob", "carol"]
            yield t, bob, carol


async def moves_up(t: ChatEmulator, writer: ChatClient) -> None:
    await writer.post(await writer.conversation_with("alice"), "me first")
    await t.settle()
    assert t.roster[0][3:].startswith(writer.me.name)


@pytest.mark.parametrize("keys", [alt("2"), click(5, CAROL), press(5, CAROL) + release(9, CAROL + 1)])
async def test_for_half_a_second_after_a_move_who_stood_there_before_is_opened(keys: str) -> None:
    async with looking() as (t, _, carol):
        await moves_up(t, carol)
        t.clock.elapse(0.3)

        await t.type(keys)

        assert opened(t) == "carol"


@pytest.mark.parametrize("keys", [alt("2"), click(5, CAROL)])
async def test_after_half_a_second_who_stands_there_is_opened(keys: str) -> None:
    async with looking() as (t, _, carol):
        await moves_up(t, carol)
        t.clock.elapse(0.6)

        await t.type(keys)

        assert opened(t) == "bob"


async def test_the_next_conversation_is_the_one_that_was_seen_below() -> None:
    async with looking() as (t, _, carol):
        await t.type(alt("1"))
        await moves_up(t, carol)
        t.clock.elapse(0.3)

        await t.type(CTRL_N)

        assert opened(t) == "carol"


async def test_enter_opens_what_was_marked_when_a_better_match_has_just_come() -> None:
    async with looking() as (t, _, _):
        await t.type(CTRL_F, "ar")
        t.clock.elapse(1)
        await t.world.users("ar")
        await t.settle()
        assert t.roster[0].startswith(">● ar")

        await t.type(ENTER)

        assert opened(t) == "carol"


async def test_rows_that_move_between_press_and_release_open_nobody_else() -> None:
    async with looking() as (t, _, carol):
        await t.type(press(5, CAROL))
        t.clock.elapse(5)
        await moves_up(t, carol)
        t.clock.elapse(5)

        await t.type(release(5, CAROL))

        assert opened(t) == "carol"


@pytest.mark.parametrize(
    "keys",
    [
        [press(5, CAROL), release(5, BOB)],
        [press(50, 5), release(5, BOB)],
        [press(5, CAROL), release(50, 5), press(50, 5), release(5, CAROL)],
        [press(5, CAROL), release(50, 5), "\x1b[<35;6;2M", release(5, CAROL)],
        [click(5, 15)],
        ["\x1b[<2;6;2M\x1b[<2;6;2m"],
    ],
    ids=["to another row", "from elsewhere", "twice", "moved without a button", "below the list", "right button"],
)
async def test_only_a_press_and_a_release_on_the_same_row_open_it(keys: list[str]) -> None:
    async with looking() as (t, _, _):
        await t.type(*keys)

        assert "Choose somebody in the list" in t.text


async def test_a_click_on_messages_that_have_just_moved_picks_the_one_that_stood_there() -> None:
    async with looking() as (t, bob, _):
        await t.type(alt("1"))
        await moves_up(t, bob)
        t.clock.elapse(1)
        line = t.glass.row_of("▎ hello")
        await moves_up(t, bob)
        assert t.glass.row_of("▎ hello") != line

        await t.type(click(30, line))

        assert t.screen.desk.view
        assert t.screen.desk.view.picked == (bob.me.id, t.screen.desk.view.items[0].client_id)


async def test_a_name_that_is_written_whole_is_opened_whoever_is_more_recent() -> None:
    async with ChatWorld() as world:
        alice, joanna, _, _ = await world.users("alice", "joanna", "ann", "annabel")
        await joanna.post(await joanna.conversation_with("alice"), "hello")
        async with terminal(world, alice) as t:
            places = []
            for text in ("ann", "anna", "an"):
                await t.open(text)
                places.append(opened(t))

            assert places == ["ann", "annabel", "ann"]
            await t.type(CTRL_F, paste("joa"), ENTER)
            assert opened(t) == "joanna"


async def test_what_is_sought_is_seen_however_far_down_the_list_was() -> None:
    async with ChatWorld() as world:
        alice, *_ = await world.users("alice", *(f"user-{number:02}" for number in range(60)))
        async with terminal(world, alice) as t:
            await t.type(*[DOWN] * 58, ENTER)
            assert opened(t) == "user-57"

            await t.type(CTRL_F, "r-1")
            assert t.roster[:2] == [">● user-10", " ● user-11"]
            await t.type(*[wheel_up(5, 5).replace("64", "65")] * 30, "\x01", "e")

            assert t.roster[0] == ">● user-10"


# ---- who moves what


async def test_a_session_that_ends_elsewhere_takes_nothing_from_somebody_who_is_writing() -> None:
    async with looking() as (t, _, _):
        other = await t.world.client(t.client.token)
        await t.world.settle()
        await t.open("bob")
        await t.type("half a ")

        await other.log_out()
        await t.settle()
        assert "The session has ended; log in again. Alt+L goes to the log-in." in t.lines[-1]
        await t.type("sentence", ENTER)
        await t.settle()
        assert any("half a sentence" in line for line in t.talk)
        assert t.app.is_running
        await t.type(alt("l"))

        assert t.screen._left is Outcome.LOGGED_OUT


async def test_what_is_written_while_a_name_is_looked_up_goes_to_nobody() -> None:
    async with looking() as (t, bob, _):
        await t.open("bob")
        conversation = await bob.conversation_with("alice")
        await t.world.kill()
        await t.type("/open newcomer", ENTER, "are you there", ENTER)
        await t.world.start()
        await t.world.users("newcomer")
        await t.settle(30)

        assert [message.text for message in await bob.history(conversation)] == ["hello"]
        assert opened(t) == "bob"
        assert t.screen.desk.finder.text == "newcomerare you there"


async def test_a_name_that_is_not_in_the_list_yet_is_looked_up_and_opened() -> None:
    async with looking() as (t, _, _):
        await t.type("/open nobody", ENTER)
        await t.settle()

        assert "nobody: There is no user of this name" in t.lines[-1]
        assert t.lines[0].startswith(" Find: nobody")

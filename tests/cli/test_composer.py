"""Where text is written."""

import pytest
from chatcore_cli.cells import width

from chatcore.testing import ChatWorld
from tests.cli.emulator import BACKSPACE, CTRL_N, CTRL_P, ENTER, LEFT, TAB, alt, paste, terminal


async def test_each_conversation_keeps_its_draft() -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type("for bob", CTRL_N)
            assert "for bob" not in t.lines[-2]
            assert t.roster[0].rstrip().endswith("✎")

            await t.type("for carol", CTRL_P)

            assert "> for bob" in t.lines[-2]


async def test_a_pasted_text_of_several_lines_is_not_sent_by_itself() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(paste("one\r\ntwo"))
            assert [line[25:] for line in t.lines[-3:-1]] == [" > one", "   two"]

            await t.type(ENTER)
            await t.settle()
            assert [m.text for m in await bob.history(await bob.conversation_with("alice"))] == ["one\ntwo"]


async def test_joined_emoji_are_written_apart_and_sent_as_they_were() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("a👨‍👩‍👧b🇵🇱c")
            assert t.lines[-2][25:] == " > a👨👩👧bPLc"
            assert t.glass.screen.cursor.x == 25 + width(" > a👨👩👧bPLc")

            await t.type(*[LEFT] * 4, "x")
            assert t.lines[-2][25:] == " > a👨👩👧xbPLc"

            await t.type(ENTER)
            await t.settle()
            assert [m.text for m in await bob.history(await bob.conversation_with("alice"))] == ["a👨‍👩‍👧xb🇵🇱c"]


async def test_backspace_takes_what_can_be_seen() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type(BACKSPACE, "a👨‍👩‍👧❤️👍🏽")

            seen = []
            for _ in range(6):
                await t.type(BACKSPACE)
                seen.append(t.lines[-2][25:].removeprefix(" > "))

            assert seen == ["a👨👩👧❤", "a👨👩👧", "a👨👩", "a👨", "a", "Write to bob"]


async def test_alt_enter_begins_a_line_and_the_composer_grows() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("1", *(alt(ENTER) + str(number) for number in range(2, 12)))

            assert [line[25:].strip(" >") for line in t.lines[-9:-1]] == [str(number) for number in range(4, 12)]


async def test_a_message_that_is_too_long_stays_written() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(paste("x" * 4_001), ENTER)
            await t.settle()

            assert "at most 4000 characters; this one has 4001" in t.lines[-1]
            assert len(t.screen.desk.composer.text) == 4_001
            assert await bob.history(await bob.conversation_with("alice")) == []


async def test_white_space_alone_is_not_sent() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("   ", ENTER)
            await t.settle()

            assert await bob.history(await bob.conversation_with("alice")) == []


@pytest.mark.parametrize(
    ("written", "completed"),
    [
        ("bo", "bob: "),
        ("hello bo", "hello bob "),
        ("ask @bo", "ask @bob "),
        ("/he", "/help "),
        ("/open car", "/open carol "),
    ],
)
async def test_tab_completes_names_and_commands(written: str, completed: str) -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(written, TAB)
            await t.settle(0)

            assert t.screen.desk.composer.text == completed


async def test_where_several_names_suit_tab_walks_through_them_and_enter_takes_one() -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob1", "bob2")
        async with terminal(world, alice) as t:
            await t.open("bob1")

            await t.type("b", TAB)
            assert t.screen.desk.composer.text == "bob"
            assert "bob2" in t.lines[-1] or "bob2" in t.text
            await t.type(TAB, TAB)
            await t.type(ENTER)

            assert t.screen.desk.composer.text == "bob2: "

"""The keys, the mouse, and what the terminal itself reports."""

from collections import Counter

import pytest
from chatcore_cli.keys import KEYS

from chatcore import ConnectionPhase
from chatcore.testing import ChatWorld
from tests.cli.emulator import (
    ALT_DOWN,
    ALT_UP,
    CTRL_C,
    CTRL_F,
    CTRL_N,
    CTRL_P,
    CTRL_Q,
    CTRL_UP,
    DOWN,
    END,
    ENTER,
    PAGE_UP,
    TAB,
    UP,
    ChatEmulator,
    alt,
    terminal,
)


def opened(t: ChatEmulator) -> str:
    return t.lines[0].split("│")[1].strip(" ●○").split("  ")[0]


def test_no_key_is_bound_twice_in_the_same_state() -> None:
    bound = Counter((stroke, key.when) for section in KEYS for key in section.keys for stroke in key.strokes)

    assert [stroke for stroke, count in bound.items() if count > 1] == []


@pytest.mark.parametrize(("down", "up"), [(CTRL_N, CTRL_P), (ALT_DOWN, ALT_UP)])
async def test_the_list_is_walked_up_and_down(down: str, up: str) -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")

            places = []
            for key in (down, down, down, up):
                await t.type(key)
                places.append(opened(t))

            assert places == ["carol", "General chat", "General chat", "carol"]


async def test_alt_and_a_digit_open_a_place_of_the_list() -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.type(alt("2"))
            assert opened(t) == "carol"

            await t.type(alt("9"))
            assert opened(t) == "carol"


async def test_alt_u_leads_to_the_first_unread_message_and_alt_e_marks_all_as_read() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        for number in range(60):
            await bob.post(conversation, f"line {number:02}.")
        async with terminal(world, alice) as t:
            await t.open("bob")
            seen = 60 - alice.replica.rows[0].unread
            await t.type(END)
            assert any("line 59." in line for line in t.talk)

            await t.type(alt("u"))
            assert f"line {seen:02}." in t.talk[1]

            await t.type(alt("e"))
            await t.settle()
            assert alice.replica.rows[0].unread == 0


async def test_alt_l_tries_at_once_to_connect() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice, 120) as t:
            await world.kill()
            await t.settle()
            await t.settle()
            waits = t.lines[-1]
            await world.start()
            before = alice.connection.phase

            await t.type(alt("l"))
            at_once = alice.connection.phase
            await t.settle()

            assert "Alt+L tries at once." in waits
            assert (before, at_once) == (ConnectionPhase.OFFLINE, ConnectionPhase.CONNECTING)
            assert "online" in t.lines[-1]


async def test_alt_a_goes_through_what_is_unread() -> None:
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        for client in (bob, carol):
            await client.post(await client.conversation_with("alice"), "hello")
        async with terminal(world, alice) as t:
            places = []
            for _ in range(2):
                await t.type(alt("a"))
                await t.settle()
                places.append(opened(t))

            assert sorted(places) == ["bob", "carol"]

            await t.type(alt("a"))
            assert "There are no unread messages elsewhere." in t.lines[-1]


async def test_up_and_down_move_in_the_text_and_then_through_what_was_sent() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type("first", ENTER, "second", ENTER, "above", alt(ENTER), "below")

            await t.type(UP, "!")
            assert " > above!" in t.text
            await t.type(UP)
            assert " > second" in t.lines[-2]
            await t.type(UP)
            assert " > first" in t.lines[-2]
            await t.type(DOWN, DOWN)

            assert " > above!" in t.lines[-3]
            assert "   below" in t.lines[-2]


async def test_end_goes_to_the_newest_where_nothing_is_written() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        for number in range(30):
            await bob.post(conversation, f"line {number}")
        await alice.mark_read(conversation, *range(1, 31))
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(PAGE_UP, "text", END)
            assert "▎ line 29" not in t.talk

            await t.type(CTRL_C, END)
            assert "▎ line 29" in t.talk


async def test_ctrl_c_throws_away_what_is_written_and_does_not_leave() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("not this", CTRL_C)
            assert "not this" not in t.text

            await t.type(CTRL_C)
            assert "Ctrl+Q leaves" in t.lines[-1]
            assert t.app.is_running


async def test_ctrl_q_leaves() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            await t.type(CTRL_Q)

            assert t.app.is_done or not t.app.is_running


async def test_finding_narrows_the_list_and_escape_gives_it_back() -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(CTRL_F, "car")
            assert [line for line in t.roster if line] == [">● carol"]

            await t.type("\x1b")
            await t.until(lambda text: "● bob" in text.splitlines()[1])
            await t.type("written to bob")
            assert "> written to bob" in t.lines[-2]


PICKED, UNPICKED = "403068", "2a3038"


@pytest.mark.parametrize("key", [ENTER, "\x1b"])
async def test_one_enter_and_one_escape_are_enough_in_the_list_after_half_a_completion(key: str) -> None:
    async with ChatWorld() as world:
        alice, *_ = await world.users("alice", "bob", "carl", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type("hello ca", TAB)
            await t.settle()
            await t.type(TAB)
            assert "> hello carl" in t.lines[-2]

            await t.type(CTRL_F, "carol", key)
            await t.until(lambda _text: not t.screen.desk.choosing.is_finding)

            assert opened(t) == ("carol" if key == ENTER else "bob")
            await t.open("bob")
            assert "> hello carl" in t.lines[-2]


async def test_a_picked_message_is_marked_until_escape() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        for text in ("first", "second"):
            await bob.post(conversation, text)
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(CTRL_UP, CTRL_UP)
            assert (t.glass.cell("▎ first").bg, t.glass.cell("▎ second").bg) == (PICKED, UNPICKED)

            await t.type("\x1b")
            await t.until(lambda _: t.glass.cell("▎ first").bg == UNPICKED)


async def test_the_mouse_can_be_given_to_the_terminal() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with terminal(world, alice) as t:
            assert "\x1b[?1000h" in t.glass.raw

            await t.type(alt("m"))

            assert "\x1b[?1000l" in t.glass.raw
            assert "The mouse is the terminal's again" in t.lines[-1]


async def test_focus_reports_are_asked_for_and_never_typed() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("\x1b[O", "\x1b[I")

            assert "\x1b[?1004h" in t.glass.raw
            assert t.lines[-2].endswith("> Write to bob")
        assert t.glass.raw.endswith("\x1b[?1004l\x1b[23;2t")


@pytest.mark.parametrize("letter", ["a", "A", "ф", "Ф", "α", "ש"])
async def test_alt_and_a_letter_is_the_same_key_with_caps_lock_and_on_other_layouts(letter: str) -> None:
    async with ChatWorld() as world:
        alice, bob, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("carol")
            await bob.post(await bob.conversation_with("alice"), "hello")
            await t.settle()

            await t.type(alt(letter))
            await t.settle()

            assert opened(t) == "bob"
            assert f" > {letter}" not in t.text

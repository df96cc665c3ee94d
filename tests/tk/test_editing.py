"""Writing in the window's fields of text: pasting, and taking back."""

import json

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.conftest import Open
from tests.tk.test_requirements import messages, person, texts

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]


async def test_what_is_pasted_takes_the_place_of_what_is_selected_and_is_taken_back_in_one_step(
    open_window: Open,
) -> None:
    alice = await open_window("alice")
    await alice.find("General")
    await alice.type("one two three")
    await alice.ask('clip "pasted"')

    await alice.keys("ctrl+a", "ctrl+v")
    await alice.until(lambda seen: seen["written"] == "pasted")

    await alice.keys("ctrl+z")
    await alice.until(lambda seen: seen["written"] == "one two three")
    await alice.keys("ctrl+shift+z")
    await alice.until(lambda seen: seen["written"] == "pasted")


async def test_undo_takes_back_one_word_and_not_everything(open_window: Open) -> None:
    alice = await open_window("alice")
    await alice.find("General")
    await alice.type("one two three")

    for left in ("one two", "one", ""):
        await alice.keys("ctrl+z")
        await alice.until(lambda seen, left=left: seen["written"] == left)  # type: ignore[misc]


async def test_the_search_pastes_and_takes_back_as_well(open_window: Open) -> None:
    alice = await open_window("alice")
    await alice.keys("ctrl+f")
    await alice.type("gen chat")
    await alice.ask(f"clip {json.dumps(chr(27) + '[1mgeneral' + chr(27) + '[0m' + chr(13) + chr(10))}")

    await alice.keys("ctrl+a", "ctrl+v")
    await alice.until(lambda seen: seen["filter"] == "general")

    for left in ("gen chat", "gen", ""):
        await alice.keys("ctrl+z")
        await alice.until(lambda seen, left=left: seen["filter"] == left)  # type: ignore[misc]
    await alice.keys("ctrl+shift+z")
    await alice.until(lambda seen: seen["filter"] == "gen")


async def test_a_text_from_another_system_or_a_terminal_can_be_pasted_and_sent(
    open_window: Open, server: ServerProcess
) -> None:
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await alice.find("bob")
        await alice.ask(
            f"clip {json.dumps(chr(27) + '[31mred' + chr(27) + '[0m' + chr(13) + chr(10) + 'bell' + chr(7))}"
        )

        await alice.keys("ctrl+v")
        await alice.until(lambda seen: seen["written"] == "red\nbell")
        await alice.keys("Return")

        seen = await alice.until(lambda seen: messages(seen) and messages(seen)[0][2].endswith("✓"))
        assert texts(seen) == ["red\nbell"]
        stored = await bob.history(await bob.conversation_with("alice"))
        assert [message.text for message in stored] == ["red\nbell"]


async def test_the_middle_button_pastes_what_is_selected_elsewhere_on_one_line(open_window: Open) -> None:
    alice = await open_window("alice")
    await alice.find("General")
    await alice.type("one")
    await alice.keys("shift+Return")
    await alice.type("two")
    await alice.keys("ctrl+a")
    await alice.until(lambda seen: seen["written"] == "one\ntwo")

    await alice.press(100, 85, button=2)

    await alice.until(lambda seen: seen["filter"] == "one two")

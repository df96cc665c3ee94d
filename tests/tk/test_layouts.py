"""Shortcuts with Caps Lock, and on keyboards that write other letters."""

import asyncio
import os

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.conftest import Open
from tests.tk.desktop import Window
from tests.tk.test_requirements import person, say, texts

pytestmark = [
    pytest.mark.checkout,
    pytest.mark.needs("Xvfb"),
    pytest.mark.needs("xdotool"),
    pytest.mark.needs("setxkbmap"),
]

KEYCODES = {"a": 38, "c": 54, "f": 41, "q": 24, "t": 28, "v": 55, "z": 52, "1": 10}
"""What X calls these keys of an American keyboard, whatever they write."""


async def lay_out(window: Window, layout: str) -> None:
    """Have the keyboard write another script."""
    process = await asyncio.create_subprocess_exec(
        "setxkbmap", layout, env={**os.environ, "DISPLAY": window.display}, stderr=asyncio.subprocess.DEVNULL
    )
    assert await process.wait() == 0


async def test_with_caps_lock_control_c_copies_what_is_selected_and_not_a_message(
    open_window: Open, server: ServerProcess
) -> None:
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await say(bob, "alice", "a message")
        await alice.find("bob")
        await alice.until(lambda seen: texts(seen) == ["a message"])
        await alice.type("mine")
        await alice.keys("Caps_Lock", "ctrl+a", "ctrl+c")
        await alice.until(lambda seen: seen["clipboard"] == "mine")

        await alice.keys("ctrl+shift+c")
        await alice.until(lambda seen: seen["clipboard"] == "a message")


@pytest.mark.parametrize("layout", ["us", "ru", "gr", "il", "ara", "bg", "fr"])
async def test_shortcuts_go_by_the_key_on_every_layout(open_window: Open, server: ServerProcess, layout: str) -> None:
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await say(bob, "alice", "a message")
        await alice.find("General")
        await lay_out(alice, layout)

        def key(modifier: str, letter: str) -> str:
            # A French keyboard is Latin: there a shortcut goes by the letter, and A and Q have changed places.
            letter = {"a": "q", "q": "a"}.get(letter, letter) if layout == "fr" and letter != "z" else letter
            return f"{modifier}+{KEYCODES[letter]}"

        await alice.keys(key("ctrl", "t"))
        await alice.until(lambda seen: seen["dark"])
        await alice.keys(key("alt", "a"))
        await alice.until(lambda seen: seen["head"][0] == "bob")
        await alice.ask('clip "pasted"')
        await alice.keys(key("ctrl", "v"))
        await alice.until(lambda seen: seen["written"] == "pasted")
        await alice.keys("space", key("ctrl", "a"), key("ctrl", "c"), "End", key("ctrl", "v"))
        await alice.until(lambda seen: seen["written"] == "pasted pasted " and seen["clipboard"] == "pasted ")
        await alice.keys("ctrl+10", "ctrl+11")
        await alice.until(lambda seen: seen["head"][0] == "General chat")
        await alice.keys(key("ctrl", "q"))
        async with asyncio.timeout(20):
            assert await alice.process.wait() == 0

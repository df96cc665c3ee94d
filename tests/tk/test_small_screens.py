"""The largest text on a small screen."""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.desktop import CHAT, Window, screen, window

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]


@asynccontextmanager
async def opened(folder: Path, server: str, *world: str) -> AsyncIterator[Window]:
    (folder / "home" / "chatcore").mkdir(parents=True)
    (folder / "home" / "chatcore" / "window.json").write_text(json.dumps({"size": 24}))
    async with screen("640x480") as display, window(display, folder / "home", server, world=world) as alice:
        await alice.until(lambda seen: seen["form"])
        await alice.focus()
        yield alice


@pytest.fixture
async def alice(server: ServerProcess, tmp_path: Path) -> AsyncIterator[Window]:
    async with opened(tmp_path, server.url) as alice:
        yield alice


async def reaches(alice: Window, *texts: str) -> None:
    """Walk on with the keyboard: what it comes to can be seen as a whole, with its name."""
    for text in texts:
        await alice.keys("Tab")
        await alice.until(lambda seen, text=text: {text, "(keyboard)"} <= {*seen["shown"]})  # type: ignore[misc]


async def test_every_field_and_button_of_the_log_in_can_be_reached_and_seen(alice: Window) -> None:
    await reaches(alice, "Password", "Log in", "Register")


async def test_the_offer_of_a_server_leaves_room_for_the_log_in(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nowhere = f"ws://127.0.0.1:{taken.getsockname()[1]}"
    async with opened(tmp_path, nowhere, "default-server") as alice:
        await alice.until(lambda seen: seen["offer"] and {"Start one here", "Go on without"} <= {*seen["shown"]})

        await reaches(alice, "Password", "Log in", "Register")


async def test_the_whole_help_can_be_read(alice: Window) -> None:
    await alice.enter("alice", register=True)
    await alice.until(lambda seen: seen["status"] == "online" and seen["keyboard"] in CHAT)
    await alice.keys("F1")
    await alice.until(lambda seen: seen["help"])

    await alice.until(lambda seen: {"Ctrl+Tab", "next conversation"} <= {*seen["shown"]})
    for _ in range(20):
        await alice.keys("Next")
    await alice.until(lambda seen: {"Ctrl+Q", "leave"} <= {*seen["shown"]})
    await alice.keys("Escape")
    await alice.until(lambda seen: seen["keyboard"] in CHAT)
    await alice.keys("F1")
    await alice.until(lambda seen: seen["help"])
    await alice.keys(*["Prior"] * 20)
    await alice.until(lambda seen: {"Ctrl+Tab", "next conversation"} <= {*seen["shown"]})

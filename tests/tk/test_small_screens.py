"""The largest text on a small screen."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.desktop import Window, screen, window

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]


@pytest.fixture
async def alice(server: ServerProcess, tmp_path: Path) -> AsyncIterator[Window]:
    folder = tmp_path / "home" / "chatcore"
    folder.mkdir(parents=True)
    (folder / "window.json").write_text(json.dumps({"size": 24}))
    async with screen("640x480") as display, window(display, tmp_path / "home", server.url) as opened:
        await opened.until(lambda seen: seen["form"])
        await opened.focus()
        yield opened


async def test_every_field_and_button_of_the_log_in_can_be_reached_and_seen(alice: Window) -> None:
    for text in ("Password", "Log in", "Register"):
        await alice.keys("Tab")
        await alice.until(lambda seen, text=text: text in seen["shown"] and "(keyboard)" in seen["shown"])  # type: ignore[misc]


async def test_the_whole_help_can_be_read(alice: Window) -> None:
    await alice.enter("alice", register=True)
    await alice.until(lambda seen: seen["status"] == "online")
    await alice.keys("F1")

    await alice.until(lambda seen: {"Ctrl+Tab", "next conversation"} <= {*seen["shown"]})
    for _ in range(20):
        await alice.keys("Next")
    await alice.until(lambda seen: {"Ctrl+Q", "leave"} <= {*seen["shown"]})
    await alice.keys("Escape", "F1", *["Prior"] * 20)
    await alice.until(lambda seen: {"Ctrl+Tab", "next conversation"} <= {*seen["shown"]})

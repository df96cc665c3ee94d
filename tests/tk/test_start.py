"""The first minute at the window: a server that is offered, and what there is to know of this Tk."""

import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.desktop import PASSWORD, Window, window
from tests.tk.test_requirements import leaves

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]


@pytest.fixture
def nowhere() -> str:
    """An address on this machine where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"ws://127.0.0.1:{taken.getsockname()[1]}"


@asynccontextmanager
async def at_default(display: str, home: Path, server: str) -> AsyncIterator[Window]:
    """Open a window for which this is the default address; end the server that it may have started."""
    async with window(display, home, server, world=["default-server"]) as opened:
        try:
            yield opened
        finally:
            if opened.process.returncode is None and (pid := await opened.ask("server")):
                os.kill(pid, signal.SIGTERM)


async def test_where_no_server_listens_one_is_offered_and_started(display: str, tmp_path: Path, nowhere: str) -> None:
    async with at_default(display, tmp_path / "home", nowhere) as alice:
        seen = await alice.until(lambda seen: seen["offer"] and seen["form"])
        assert seen["offer"].startswith(f"No server listens at {nowhere}.")
        await alice.focus()
        await alice.type("alice")
        await alice.keys("shift+Tab", "shift+Tab", "shift+Tab", "Return")  # back over the server to the strip

        await alice.until(lambda seen: not seen["offer"], 30)
        assert (await alice.see())["name"] == "alice"
        await alice.type(PASSWORD)  # the keyboard is where something is missing
        await alice.keys("Tab", "Tab", "space")

        await alice.until(lambda seen: seen["status"] == "online" and seen["me"] == "alice")
    assert "listening on" in (tmp_path / "home" / "chatcore" / "server.log").read_text()


async def test_a_server_that_does_not_come_up_is_told_and_one_can_go_on_without(
    display: str, tmp_path: Path, nowhere: str
) -> None:
    (tmp_path / "home" / "chatcore").mkdir(parents=True)
    (tmp_path / "home" / "chatcore" / "chat.db").write_text("not a database " * 1_000)
    async with at_default(display, tmp_path / "home", nowhere) as alice:
        await alice.until(lambda seen: seen["offer"] and seen["form"])
        await alice.focus()
        await alice.keys("shift+Tab", "shift+Tab", "shift+Tab", "Return")
        await alice.until(lambda seen: seen["offer"].startswith("Chatcore-server: "), 30)

        await alice.keys("Tab", "Return")

        await alice.until(lambda seen: not seen["offer"])
        await alice.type("bob")
        await alice.until(lambda seen: seen["name"] == "bob")


async def test_nothing_is_offered_where_a_server_listens_or_at_another_address(
    display: str, tmp_path: Path, nowhere: str
) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server, at_default(display, tmp_path / "a", server.url) as alice:
        await alice.enter("alice", register=True)
        seen = await alice.until(lambda seen: seen["status"] == "online")
        assert not seen["offer"]
    async with window(display, tmp_path / "b", nowhere) as bob:
        await bob.enter("bob", register=True)
        seen = await bob.until(lambda seen: seen["errors"]["server"])
        assert not seen["offer"]


async def test_that_this_tk_has_poor_fonts_is_said_once(display: str, tmp_path: Path) -> None:
    poor = ["no-xft"]
    async with ServerProcess(tmp_path / "chat.db") as server:
        async with window(display, tmp_path / "home", server.url, world=poor) as alice:
            await alice.enter("alice", register=True)
            seen = await alice.until(lambda seen: seen["notice"])
            assert "python3-tk" in seen["notice"]
            await alice.find("General")
            await alice.until(lambda seen: not seen["notice"])
            await leaves(alice)

        async with window(display, tmp_path / "home", server.url, world=poor) as again:
            seen = await again.until(lambda seen: seen["status"] == "online" and seen["head"][0] == "General chat")
            assert not seen["notice"]

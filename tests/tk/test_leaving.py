"""Leaving while messages wait, as a person at the window meets it."""

import signal
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.conftest import Open
from tests.tk.desktop import window
from tests.tk.test_refused import ends

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]

BEHIND = "1 message is not sent yet: it goes out with the next start."


async def test_what_is_on_its_way_is_waited_for_and_then_it_is_said_what_is_not_sent(
    open_window: Open, display: str, server: ServerProcess, tmp_path: Path
) -> None:
    alice = await open_window("alice")
    await alice.find("General")
    server.send(signal.SIGSTOP)
    try:
        await alice.write("later")
        await alice.until(lambda seen: ends(seen) == [("later", "◷")])

        await alice.keys("ctrl+q")

        await alice.until(lambda seen: seen["notice"] == "Sending 1 message…")
        await alice.until(lambda seen: seen["notice"] == BEHIND)
        assert await alice.process.wait() == 0
    finally:
        server.send(signal.SIGCONT)

    async with window(display, tmp_path / "alice", server.url) as again:
        await again.until(lambda seen: ends(seen) == [("later", "✓")])


async def test_the_second_time_it_leaves_at_once(open_window: Open, server: ServerProcess) -> None:
    alice = await open_window("alice")
    await alice.find("General")
    await server.kill()
    await alice.until(lambda seen: seen["status"].startswith("offline"))
    await alice.write("later")
    await alice.until(lambda seen: ends(seen) == [("later", "◷")])

    await alice.keys("ctrl+q")
    await alice.until(lambda seen: seen["notice"] == BEHIND)
    await alice.keys("ctrl+q")

    assert await alice.process.wait() == 0


async def test_what_would_be_lost_is_told_and_the_window_stays_until_it_is_asked_again(
    display: str, server: ServerProcess, tmp_path: Path
) -> None:
    nowhere = {"XDG_STATE_HOME": "/proc/nowhere"}  # no folder can be made there
    async with window(display, tmp_path / "alice", server.url, places=nowhere) as alice:
        await alice.enter("alice", register=True)
        await alice.until(lambda seen: seen["status"] == "online" and seen["rows"])
        await alice.find("General")
        await server.kill()
        await alice.until(lambda seen: seen["status"].startswith("offline"))
        await alice.write("lost")
        await alice.until(lambda seen: ends(seen) == [("lost", "◷")])

        await alice.keys("ctrl+q")
        await alice.until(lambda seen: seen["notice"].startswith("1 message would be lost: leave once more."))
        await alice.keys("ctrl+q")

        assert await alice.process.wait() == 0

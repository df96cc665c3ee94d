"""What is being written, as a person at the window finds it again."""

import signal
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.conftest import Open
from tests.tk.desktop import window
from tests.tk.test_requirements import leaves
from tests.waiting import until

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]


@pytest.mark.parametrize("end", ["leaving", "SIGTERM", "SIGHUP", "SIGKILL"])
async def test_what_is_being_written_is_there_after_every_end(
    open_window: Open, display: str, server: ServerProcess, tmp_path: Path, end: str
) -> None:
    alice = await open_window("alice")
    await alice.find("General")
    await alice.type("unfinished")
    await alice.until(lambda seen: seen["written"] == "unfinished")
    if end == "leaving":
        await leaves(alice)
    else:
        if end == "SIGKILL":
            files = (tmp_path / "alice" / "chatcore").glob
            await until(lambda: any("unfinished" in file.read_text() for file in files("drafts-*.jsonl")), seconds=20)
        alice.process.send_signal(signal.Signals[end])
        await alice.process.wait()

    async with window(display, tmp_path / "alice", server.url) as again:
        await again.until(lambda seen: seen["rows"])
        await again.find("General")
        await again.until(lambda seen: seen["written"] == "unfinished")

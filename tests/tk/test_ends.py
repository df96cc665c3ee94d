"""How the window ends: by a signal as by its button, and without waiting for the network."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chatcore.home.profiles import Profile, Profiles
from tests.slow_names import SERVER, slow_names

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]


@asynccontextmanager
async def window(display: str, home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Open the window of somebody who is logged in at a server whose name cannot be looked up."""
    Profiles(home / "chatcore" / "profiles.json").remember(Profile(SERVER, "alice", "a token"))
    folders = {name: str(home) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    environment = os.environ | folders | slow_names(home) | {"DISPLAY": display}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "chatcore_tk", env=environment, stderr=PIPE)
    try:
        search = ("xdotool", "search", "--sync", "--onlyvisible", "--class", "chatcore")
        assert await (await asyncio.create_subprocess_exec(*search, env=environment, stdout=DEVNULL)).wait() == 0
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_signal_closes_the_window_at_once_though_a_name_is_being_looked_up(
    display: str, tmp_path: Path, number: signal.Signals
) -> None:
    async with window(display, tmp_path) as process:
        process.send_signal(number)

        _, err = await process.communicate()

    assert (process.returncode, err) == (0, b"")
    assert (tmp_path / "chatcore" / "window.json").exists()  # it had the time to remember its place

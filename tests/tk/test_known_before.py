"""The window begins with what it knew at its last end, with a server or without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.conftest import Open
from tests.tk.desktop import window
from tests.tk.test_requirements import leaves

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]


async def test_without_a_server_the_window_shows_what_was_known_and_as_of_when(
    open_window: Open, display: str, server: ServerProcess, tmp_path: Path
) -> None:
    alice = await open_window("alice")
    await alice.find("General")
    await alice.write("Hello everybody")
    await alice.until(lambda seen: "Hello everybody" in json.dumps(seen["lines"]))
    await leaves(alice)
    await server.kill()

    async with window(display, tmp_path / "alice", server.url) as again:
        await again.until(lambda seen: " · as of " in seen["banner"])
        await again.until(lambda seen: "Hello everybody" in json.dumps(seen["lines"]))
        assert "alice" in (await again.see())["me"]
        await server.start()
        await again.until(lambda seen: not seen["banner"])

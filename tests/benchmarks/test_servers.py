"""What is measured beside chatcore-server starts with what that one is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.peer import Peer
from chatcore.testing.server_process import ServerProcess

pytestmark = pytest.mark.checkout


@pytest.mark.parametrize("module", ["benchmarks.asgi_server", "benchmarks.plain_server"])
async def test_a_server_that_is_measured_starts_and_lets_somebody_in(tmp_path: Path, module: str) -> None:
    async with ServerProcess(tmp_path / "chat.db", module=module) as server:
        peer = await Peer.connect(server.port, re.compile(b"(?!)()()()"))
        await peer.close()

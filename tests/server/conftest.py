"""A server that the tests of a module share, and the people of one test on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from chatcore.testing.server_process import ServerProcess
from tests.server.network import Chat


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with ServerProcess(tmp_path_factory.mktemp("server") / "chat.db") as server:
        yield server


@pytest.fixture
async def chat(shared_server: ServerProcess) -> AsyncIterator[Chat]:
    async with Chat(shared_server) as chat:
        yield chat


@pytest.fixture
async def own_chat(tmp_path: Path) -> AsyncIterator[Chat]:
    """People who have a server to themselves, which may be killed."""
    async with ServerProcess(tmp_path / "chat.db") as server, Chat(server) as chat:
        yield chat

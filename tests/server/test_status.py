"""`chatcore-server status` and `stop`: whether a server runs on a database, and its end."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import chatcore
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.testing.server_process import ServerProcess
from tests.server.operating import operate, refused


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with ServerProcess(tmp_path / "chat.db") as server:
        yield server


async def test_a_running_server_says_where_and_since_when_it_runs_and_who_is_there(server: ServerProcess) -> None:
    async with chatcore.connect(server.url) as alice:
        await alice.register("alice", "correct horse battery")

        ended = await operate(server.db, "status")

    first, second = ended.out.splitlines()
    assert (ended.status, second) == (0, "1 user is active")
    since = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.fullmatch(f"running at {server.url} as process {server.pid}, since {since}", first)


async def test_a_server_is_stopped_in_good_order_and_has_ended_when_the_command_does(server: ServerProcess) -> None:
    async with chatcore.connect(server.url) as alice:
        await alice.register("alice", "correct horse battery")
        message = await alice.post(chatcore.GENERAL, "hello")

        ended = await operate(server.db, "stop")

    assert ended.out == f"the server has stopped (process {server.pid})\n"
    assert await server.wait() == 0
    assert "an operator has the server stop" in server.log
    async with SqliteStorage(server.db) as storage:  # free at once
        page = await storage.page(alice.me.id, chatcore.GENERAL, after=None, before=None, limit=10)
    assert page.messages == (message,)


@pytest.mark.parametrize("command", ["status", "stop"])
async def test_without_a_server_there_is_none_to_ask(tmp_path: Path, command: str) -> None:
    path = tmp_path / "chat.db"

    assert await operate(path, command) == refused(f"there is no database {path}")
    async with SqliteStorage(path):
        pass
    assert await operate(path, command) == refused(f"no server runs on the database {path}")


async def test_what_a_killed_server_has_left_is_no_server(server: ServerProcess) -> None:
    await server.kill()

    assert await operate(server.db, "status") == refused(f"no server runs on the database {server.db}")

"""A session that has grown too old ends on the connections that are open, at every server of the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

import chatcore
from chatcore import GENERAL, ConnectionPhase
from chatcore.adapters.system import SystemClock
from chatcore.testing.server_process import ServerProcess
from tests.server.network import PASSWORD, resumed
from tests.server.short_sessions import LIFE
from tests.waiting import until


@asynccontextmanager
async def servers(folder: Path, *databases: str) -> AsyncIterator[list[ServerProcess]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                ServerProcess(folder / f"{number}.db", *options, module="tests.server.short_sessions")
            )
            for number, options in enumerate([("--db", db) for db in databases] or [()])
        ]


async def ends_everywhere(servers: list[ServerProcess]) -> None:
    """Have somebody connected at each server by one session, and wait until that is over."""
    clock = SystemClock()
    async with chatcore.connect(servers[0].url) as alice:
        await alice.register("alice", PASSWORD)
        began = clock.monotonic()
        async with resumed(alice, servers[-1]) as peer:
            heard = await peer.hear_out()
        lived = clock.monotonic() - began
        await until(lambda: alice.connection.phase is ConnectionPhase.LOGGED_OUT)
        await alice.log_in("alice", PASSWORD)
        await alice.post(GENERAL, "back again")

    assert [frame["code"] for frame in heard if frame["type"] == "closing"] == ["logged_out"]
    assert lived >= LIFE - 1


async def test_an_open_connection_ends_with_its_session(tmp_path: Path) -> None:
    async with servers(tmp_path) as one:
        await ends_everywhere(one)


@pytest.mark.timeout(120)
async def test_open_connections_end_with_their_session_at_every_server(tmp_path: Path, database: str) -> None:
    async with servers(tmp_path, database, database) as two:
        await ends_everywhere(two)

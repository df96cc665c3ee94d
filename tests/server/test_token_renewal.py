"""The exchange of a session's token with a real server: whoever is killed in the middle of it, nobody has to log in."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chatcore import ChatClient, ConnectionPhase
from chatcore.home.entry import Entry
from chatcore.home.profiles import Profile
from chatcore.testing.server_process import ServerProcess
from tests.waiting import until

pytestmark = [pytest.mark.checkout]

PASSWORD = "correct horse battery"
AT_ONCE = ("--token-age", "0")


def entry_of(home: Path) -> Entry:
    return Entry(config=lambda: home, state=lambda: home, program="terminal")


async def registered(home: Path, server: ServerProcess) -> str:
    """Make an account, and remember it; return the token."""
    entry = entry_of(home)
    async with entry.client(Profile(server.url, "alice")) as client:
        me = await client.register("alice", PASSWORD)
        entry.remember(Profile(server.url, "alice").entered(me, client.token))
        return client.token or ""


@asynccontextmanager
async def started(home: Path) -> AsyncIterator[ChatClient]:
    """Go on with the session as a start of a program does, until it is online."""
    async with entry_of(home).client(entry_of(home).find().profile) as client:
        await until(lambda: client.connection.phase is ConnectionPhase.ONLINE or bool(client.connection.code))
        yield client


def token_of(home: Path) -> str:
    return entry_of(home).find().profile.token or ""


async def is_exchanged(home: Path, former: str) -> None:
    """Wait until another token is kept."""
    await until(lambda: token_of(home) not in {"", former})


async def goes_on(home: Path) -> None:
    """Start twice more, with another token each time, and be let in."""
    for _ in range(2):
        former = token_of(home)
        async with started(home) as client:
            await is_exchanged(home, former)
            assert client.connection.phase is ConnectionPhase.ONLINE
            assert len(await client.sessions()) == 1


@pytest.fixture(params=["file", "postgres"])
def options(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Where the server keeps its chat, as it is told."""
    return ("--db", request.getfixturevalue("database")) if request.param == "postgres" else ()


@pytest.mark.parametrize("moment", ["before renew_token", "after renew_token", "before led", "after led"])
async def test_a_server_that_is_killed_in_the_middle_of_an_exchange_costs_no_log_in(
    moment: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    dies_at = tmp_path / "moment"
    environment = {"DIES_AT": str(dies_at)}
    server = ServerProcess(
        tmp_path / "chat.db", *AT_ONCE, *options, environment=environment, module="tests.server.dying_server"
    )
    async with server:
        former = await registered(tmp_path, server)
        if "led" in moment:
            async with started(tmp_path):  # the next one comes with a token that was never used
                await is_exchanged(tmp_path, former)
        former = token_of(tmp_path)
        dies_at.write_text(moment)

        profile = entry_of(tmp_path).find().profile
        async with entry_of(tmp_path).client(profile) as client:
            assert await server.wait() == -signal.SIGKILL
            kept = token_of(tmp_path)
            await server.start()
            client.reconnect()
            await until(lambda: client.connection.phase is ConnectionPhase.ONLINE)
            await is_exchanged(tmp_path, former)

        assert kept == former
        await goes_on(tmp_path)


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_program_that_is_killed_before_or_after_it_keeps_a_token_costs_no_log_in(
    moment: str, tmp_path: Path
) -> None:
    async with ServerProcess(tmp_path / "chat.db", *AT_ONCE) as server:
        former = await registered(tmp_path, server)
        for _ in range(3):
            before = token_of(tmp_path)
            program = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.server.dying_client", str(tmp_path), moment), env={**os.environ}
            )
            assert await program.wait() == -signal.SIGKILL
            assert (token_of(tmp_path) == before) == (moment == "before")

        assert (token_of(tmp_path) == former) == (moment == "before")
        await goes_on(tmp_path)


async def test_a_copy_of_the_profile_ends_the_session_at_every_server_and_each_says_it_in_its_log(
    database: str, tmp_path: Path
) -> None:
    owner, thief = tmp_path / "owner", tmp_path / "thief"
    for home in (owner, thief):
        home.mkdir()
    async with (
        ServerProcess(tmp_path / "one", "--db", database, *AT_ONCE) as one,
        ServerProcess(tmp_path / "two", "--db", database, *AT_ONCE) as two,
    ):
        former = await registered(owner, one)
        (thief / "profiles.json").write_bytes(
            (owner / "profiles.json").read_bytes().replace(one.url.encode(), two.url.encode())
        )
        async with started(owner):
            await is_exchanged(owner, former)
        async with started(owner) as client:
            async with started(thief) as copy:
                refused = copy.connection
            await until(lambda: client.connection.phase is ConnectionPhase.LOGGED_OUT)
            closed = client.connection

    assert (refused.phase, refused.code) == (ConnectionPhase.LOGGED_OUT, "token_reused")
    assert closed.code == "logged_out"
    lines = [line for line in two.log.splitlines() if "another one had replaced" in line]
    assert len(lines) == 1
    assert former not in two.log + one.log

"""`chatcore-server status`, `stop` and `doctor` where servers of one machine share a database of PostgreSQL's."""

from __future__ import annotations

import asyncio
import re
import signal
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import chatcore
from chatcore.testing.server_process import ServerProcess
from chatcore_server.admin.call import call
from chatcore_server.admin.databases import Shared, begin_epoch
from chatcore_server.admin.frames import Stop, Stopping
from chatcore_server.config import DatabaseUrl
from tests.server.network import stranger
from tests.server.operating import Ended, operate, refused
from tests.waiting import until


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the doors of the servers are."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "chatcore"


@pytest.fixture
async def two(database: str, tmp_path: Path) -> AsyncIterator[tuple[ServerProcess, ServerProcess]]:
    """A server with a name, and one without."""
    named = ServerProcess(tmp_path / "named", "--db", database, "--node", "one")
    async with named, ServerProcess(tmp_path / "nameless", "--db", database) as nameless:
        yield named, nameless


def doors(home: Path) -> dict[str, tuple[bool, int]]:
    """Return of each door whether it is a socket, and its mode; of their folder as well, by no name."""
    (folder,) = home.glob("*.servers")
    modes = {"": folder.stat().st_mode, **{path.name: path.stat().st_mode for path in folder.iterdir()}}
    return {name: (stat.S_ISSOCK(mode), stat.S_IMODE(mode)) for name, mode in modes.items()}


def names(ended: Ended) -> list[str]:
    """Return how the servers are called that `status` tells of."""
    return [line.partition(": ")[0] for line in ended.out.splitlines() if ": running at " in line]


async def test_each_server_of_the_machine_says_where_it_runs_and_only_its_user_may_ask(
    two: tuple[ServerProcess, ServerProcess], database: str, home: Path
) -> None:
    async with chatcore.connect(two[0].url) as alice:
        await alice.register("alice", "correct horse battery")
        ended = await operate(database, "status")
    folder, *sockets = doors(home).values()

    assert (ended.status, ended.out.splitlines()[-1]) == (0, "1 user is active")
    for server in two:
        assert f"running at {server.url} as process {server.pid}, since " in ended.out
    assert "one" in names(ended)
    assert (folder, sockets) == ((False, 0o700), [(True, 0o600)] * 2)


async def test_one_of_several_is_stopped_by_its_name_and_has_ended_when_the_command_does(
    two: tuple[ServerProcess, ServerProcess], database: str
) -> None:
    one, other = two
    unnamed = await operate(database, "stop")
    unknown = await operate(database, "stop", "--node", "three")
    stopped = await operate(database, "stop", "--node", "one")

    assert re.fullmatch(
        r"chatcore-server: 2 servers run here on .*: say which with --node, or --all \(one, .*\)\n|"
        r"chatcore-server: 2 servers run here on .*: say which with --node, or --all \(.*, one\)\n",
        unnamed.err,
    )
    assert "no server three runs here on " in unknown.err
    assert (unnamed.status, unknown.status) == (1, 1)
    assert stopped == Ended(0, f"the server one has stopped (process {one.pid})\n", "")
    assert await asyncio.wait_for(one.wait(), 5) == 0
    assert len(names(await operate(database, "status"))) == 1
    assert not other.has_ended


async def test_all_of_the_machine_are_stopped_in_good_order_and_none_is_there_then(
    two: tuple[ServerProcess, ServerProcess], database: str, home: Path
) -> None:
    stopped = await operate(database, "stop", "--all")
    none = refused(f"no server of this user runs on {database} on this machine")

    assert (stopped.status, len(stopped.out.splitlines())) == (0, 2)
    assert [await server.wait() for server in two] == [0, 0]
    assert [await operate(database, command) for command in ("status", "stop")] == [none, none]
    assert list(doors(home)) == [""]
    assert [line for line in (await operate(database, "audit")).out.splitlines() if " stop" in line] != []


async def test_a_server_that_was_stopped_has_let_go_of_the_database_however_long_its_clients_take(
    two: tuple[ServerProcess, ServerProcess], database: str
) -> None:
    db = Shared(DatabaseUrl(database))
    await two[1].kill()
    async with stranger(two[0]) as peer:
        peer.socket.transport.pause_reading()  # and never answers the close

        await asyncio.to_thread(call, db.doors / "one", Stop(), Stopping)
        await asyncio.to_thread(begin_epoch, db)  # which no server may be at work for


async def test_what_killed_servers_have_left_is_no_server_and_gone_with_the_next_start(
    two: tuple[ServerProcess, ServerProcess], database: str, home: Path
) -> None:
    one, other = two
    await one.kill()
    after_one = names(await operate(database, "status"))
    await other.kill()
    left = len(doors(home))
    await one.start()

    assert (len(after_one), left) == (1, 3)
    assert list(doors(home)) == ["", "one.sock"]


async def test_a_server_that_hangs_is_told_of_beside_the_others(
    two: tuple[ServerProcess, ServerProcess], database: str
) -> None:
    two[0].send(signal.SIGSTOP)
    try:
        ended = await operate(database, "status")
    finally:
        two[0].send(signal.SIGCONT)

    assert (ended.status, len(names(ended))) == (1, 1)
    assert "does not answer: it hangs, or was stopped (SIGSTOP)" in ended.err


async def test_doctor_tells_of_the_servers(two: tuple[ServerProcess, ServerProcess], database: str) -> None:
    ended = await operate(database, "doctor")

    assert f"one runs at {two[0].url} as process {two[0].pid}" in ended.out
    assert f"runs at {two[1].url} as process {two[1].pid}" in ended.out


async def test_a_folder_in_which_others_could_put_a_door_is_refused_by_servers_and_operators(
    two: tuple[ServerProcess, ServerProcess], database: str
) -> None:
    folder = Shared(DatabaseUrl(database)).doors
    folder.chmod(0o777)
    listed = await operate(database, "status")
    added = await operate(database, "user add", "eve", given=b"correct horse battery")
    await two[0].restart()

    told = f"the folder {folder} is open to other users of this machine (mode 777): chmod 700 closes it"
    assert [listed, added] == [refused(told)] * 2
    assert f"operators cannot come: {told}" in two[0].log


async def test_a_server_without_a_folder_for_doors_says_so_and_serves(database: str, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    async with ServerProcess(tmp_path / "one", "--db", database) as server, chatcore.connect(server.url) as alice:
        await alice.register("alice", "correct horse battery")
        await until(lambda: "operators cannot come: there is no folder" in server.log)


@pytest.mark.parametrize(
    ("command", "told"), [("backup", "pg_dump --format custom, or pg_basebackup"), ("restore", "pg_restore a dump")]
)
async def test_what_postgresql_s_own_tools_do_is_said(command: str, told: str) -> None:
    ended = await operate("postgresql://chat@db.example/chat", command, "chat.bak")

    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("postgresql://chat@db/chat", "postgresql://chat@db:5433/chat"),
        ("postgresql://chat@db/chat", "postgresql://chat@/chat?host=db&port=5433"),
        ("postgresql://chat@one/chat", "postgresql://chat@two/chat"),
        ("postgresql://chat@db/one", "postgresql://chat@db/two"),
    ],
)
def test_servers_of_another_database_are_never_meant(one: str, other: str) -> None:
    assert Shared(DatabaseUrl(one)).doors != Shared(DatabaseUrl(other)).doors

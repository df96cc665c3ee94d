"""What operators do over PostgreSQL: users, sessions and the record, beside a running server or without one."""

from __future__ import annotations

import asyncio
import getpass
import json
import stat
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

import attrs
import pytest

import chatcore
from chatcore import ConnectionPhase
from chatcore.testing.server_process import ServerProcess
from tests.nats import NatsServer
from tests.server.network import resumed
from tests.server.operating import Ended, operate, operate_here
from tests.waiting import until

PASSWORD = "correct horse battery"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the record lies."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "chatcore"


Operate = Callable[..., Awaitable[Ended]]
"""Runs a command and its arguments."""


@pytest.fixture
def on(database: str, home: Path, capsys: pytest.CaptureFixture[str]) -> Operate:
    """Runs commands over the database."""
    return partial(operate_here, capsys, database)


def record_in(folder: Path) -> tuple[str, list[int], str]:
    """Return the name of the only record in a folder, the modes of both, and what is in it."""
    (file,) = folder.glob("*.audit")
    return file.name, [stat.S_IMODE(path.stat().st_mode) for path in (folder, file)], file.read_text("utf-8")


async def recorded(on: Operate) -> list[Mapping[str, object]]:
    ended = await on("audit", "--json")
    assert ended.status == 0, ended.err
    return [json.loads(line) for line in ended.out.splitlines()]


async def test_what_an_operator_does_is_seen_at_once_by_those_who_are_connected(
    database: str, on: Operate, tmp_path: Path
) -> None:
    async with (
        ServerProcess(tmp_path / "one", "--db", database) as server,
        chatcore.connect(server.url) as alice,
        chatcore.connect(server.url) as bob,
    ):
        await alice.register("alice", PASSWORD)
        await bob.register("bob", PASSWORD)
        await on("user display-name", "bob", "Bob the first")
        await until(lambda: alice.replica.name_of(bob.me.id) == "Bob the first")
        await on("user ban", "bob", "--until", "2099-12-24T18:00", "--reason", "too loud")
        await until(lambda: bob.connection.phase is ConnectionPhase.LOGGED_OUT)
        code = bob.connection.code
        listed = await on("user list")
        await on("user enable", "bob")
        await bob.log_in("bob", PASSWORD)

    assert code == "banned"
    assert " ".join(listed.out.splitlines()[1].split()) == "bob banned until 2099-12-24 18:00 Bob the first"


async def test_sessions_that_an_operator_ends_are_out(database: str, on: Operate, tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "one", "--db", database) as server, chatcore.connect(server.url) as bob:
        await bob.register("bob", PASSWORD)
        listed = await on("sessions list", "bob")
        ended = await on("sessions end", "bob")
        await until(lambda: bob.connection.phase is ConnectionPhase.LOGGED_OUT)

    assert (len(listed.out.splitlines()), ended.out) == (1, "1 session has ended\n")


async def test_without_a_server_the_same_is_done_and_all_of_it_is_recorded_for_its_user_alone(
    database: str, on: Operate, home: Path
) -> None:
    added = await operate(database, "user add", "bob", given=PASSWORD.encode())
    await on("user disable", "bob", "--reason", "holidays")
    await on("user enable", "carol")
    listed = await on("user list")

    acts = [{name: value for name, value in record.items() if name != "at"} for record in await recorded(on)]
    name, modes, text = record_in(home)

    me = getpass.getuser()
    assert (added.status, listed.out.split()) == (0, ["bob", "disabled", "bob"])
    assert acts == [
        {"by": me, "act": "add_user", "name": "bob"},
        {"by": me, "act": "disable_user", "name": "bob", "reason": "holidays"},
        {"by": me, "act": "enable_user", "name": "carol"},
        {"by": me, "act": "enable_user", "name": "carol", "refused": "not_found"},
    ]
    assert (name.startswith("postgresql-"), name.endswith("-chat.audit"), modes) == (True, True, [0o700, 0o600])
    assert PASSWORD not in text


async def test_an_invitation_that_is_made_without_a_server_lets_somebody_in_at_one(
    database: str, on: Operate, home: Path, tmp_path: Path
) -> None:
    code = (await on("invite make")).out.strip()
    server = ServerProcess(tmp_path / "one", "--db", database, "--registration", "invitation")
    async with server, chatcore.connect(server.url) as bob:
        await bob.register("bob", PASSWORD, invitation=code)
        listed = await on("invite list")

    assert "used 1 of 1" in listed.out
    assert code not in record_in(home)[2]


async def test_a_new_epoch_and_a_copy_are_recorded_in_the_records_of_both_databases(
    database: str, on: Operate, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert (await on("new-epoch")).status == 0
    async with ServerProcess(tmp_path / "one", "--db", database):
        assert (await on("new-epoch")).status == 1
    copied = await operate_here(capsys, database, "copy", "--to", str(copy), option="--from")

    there = [(record["act"], record.get("refused")) for record in await recorded(on)]
    (here,) = map(json.loads, copy.with_name("copy.db.audit").read_text("utf-8").splitlines())

    assert copied.status == 0
    assert there == [("new_epoch", None), ("new_epoch", None), ("new_epoch", "storage_error"), ("copy", None)]
    assert (here["source"], here["target"]) == (database, str(copy))


# ---- several servers that ring through NATS


@attrs.frozen
class Elsewhere:
    """Where an operator sits: beside a server, or where nothing is known of the bus but what the settings say."""

    has_server: bool
    knows_bus: bool


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "operator",
    [
        Elsewhere(has_server=True, knows_bus=False),
        Elsewhere(has_server=False, knows_bus=True),
        Elsewhere(has_server=False, knows_bus=False),
    ],
    ids=["beside a server", "elsewhere", "elsewhere, without the bus"],
)
@pytest.mark.parametrize("act", ["user ban bob --reason spam", "user disable bob", "sessions end bob"])
async def test_p27_what_an_operator_does_acts_on_live_connections_at_every_server_that_rings_through_nats(
    act: str,
    operator: Elsewhere,
    database: str,
    on: Operate,
    nats: NatsServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = "--db", database, "--bus", nats.url
    async with (
        ServerProcess(tmp_path / "one", *options) as one,
        ServerProcess(tmp_path / "other", *options) as other,
        chatcore.connect(one.url) as bob,
    ):
        await bob.register("bob", PASSWORD)
        if not operator.has_server:
            monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "another machine"))
        if operator.knows_bus:
            monkeypatch.setenv("CHATCORE_BUS", nats.url)
        async with resumed(bob, one) as here, resumed(bob, other) as there:
            hearing = asyncio.gather(here.hear_out(), there.hear_out())
            ended = await on(*_split(act))
            heard = await asyncio.wait_for(hearing, 10)

    assert ended.status == 0
    code = "banned" if "ban" in act else "logged_out"
    assert [(frames[-1]["type"], frames[-1]["code"]) for frames in heard] == [("closing", code)] * 2


def _split(act: str) -> list[str]:
    command, verb, *arguments = act.split()
    return [f"{command} {verb}", *arguments]

"""`chatcore-server doctor`: what may be wrong is found, and it is said what to do."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

import chatcore_server.doctor.app as doctor
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.sqlite.tools.backup import back_up
from chatcore.adapters.system import SystemClock
from chatcore.testing.contracts.storage_base import ALICE, GENERAL, enrol, send
from chatcore.testing.server_process import ServerProcess
from chatcore_server.cli import main
from chatcore_server.config import Config, load
from chatcore_server.doctor import files, machine
from chatcore_server.doctor.backups import backups
from chatcore_server.doctor.certificate import certificate
from chatcore_server.doctor.findings import Finding, Level
from tests.certificates import make_certificates, make_self_signed
from tests.postgres import Cluster
from tests.server.operating import operate
from tests.slow_names import slow_names

NOW = datetime.fromtimestamp(SystemClock().now_ms() / 1000, UTC)


@pytest.fixture(autouse=True)
def _set_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do as if the machine's clock were set, which machines for tests do not always say."""
    monkeypatch.setattr(doctor, "is_clock_set", lambda: True)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "kept" / "chat.db"
    path.parent.mkdir(mode=0o700)
    asyncio.run(_with_a_message(path))
    return path


async def _with_a_message(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE)
        await send(storage, ALICE, GENERAL, "hello")


def look(db: Path | str, folder: Path | None = None, **settings: str) -> list[Finding]:
    found = list(doctor.findings(load({"db": str(db), **settings}, {}), folder))
    assert all(bool(finding.advice) == (finding.level is not Level.OK) for finding in found)
    return found


def bad(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.level.value, finding.topic) for finding in found if finding.level is not Level.OK]


def test_of_a_server_with_which_all_is_well_nothing_bad_is_said(db: Path) -> None:
    found = look(db)

    assert bad(found) == []
    told = {finding.topic: finding.told for finding in found}
    assert told["database"] == f"{db} has 1 user and 1 message"
    assert told["server"] == "none runs on the database"


async def test_it_runs_beside_a_server_and_tells_of_it(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server:
        ended = await operate(server.db, "doctor", "--json")

        found = {finding["topic"]: finding for finding in map(json.loads, ended.out.splitlines())}
        assert found["server"]["told"] == f"it runs at {server.url} as process {server.pid}"
        assert found["descriptors"]["told"].startswith("the server may open ")
        assert ended.status == 0


def test_the_exit_status_says_whether_something_does_not_work(
    db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["doctor", "--db", str(db)]) == 0
    assert main(["doctor", "--db", str(db), "--throttling", "off"]) == 0
    db.chmod(0o644)
    assert main(["doctor", "--db", str(db)]) == 1

    lines = capsys.readouterr().out.splitlines()
    told = f"{db} is open to other users of this machine (mode 644)"
    assert f"fault    database file: {told} - chmod 600 {db}" in lines


def test_a_database_that_is_not_there_yet_is_no_fault(tmp_path: Path) -> None:
    found = look(tmp_path / "chat.db")

    assert bad(found) == []
    assert not (tmp_path / "chat.db").exists()


def test_a_database_that_the_server_could_not_make_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").symlink_to("there")
    (tmp_path / "there").symlink_to("here")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "not made yet"))

    for place, why in (
        (tmp_path / "no" / "folder" / "chat.db", f"there is no directory {tmp_path / 'no' / 'folder'}"),
        (tmp_path / "here", "Too many levels of symbolic links"),
        (tmp_path, "it is not a file"),
    ):
        (found, *_) = look(place)
        assert (found.level, found.told) == (Level.FAULT, f"cannot open the database {place}: {why}")
    assert bad(list(doctor.findings(load({}, {}), None))) == []  # the usual folder is made by the server


def test_a_database_in_a_folder_of_somebody_else_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", refuse)
        (found, *_) = look(tmp_path / "chat.db")

    assert (found.level, found.told) == (
        Level.FAULT,
        f"cannot open the database {tmp_path / 'chat.db'}: Permission denied",
    )


@pytest.mark.parametrize("command", ["doctor", "fsck", "new-epoch"])
def test_a_command_ends_though_the_name_of_the_database_cannot_be_looked_up(tmp_path: Path, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chatcore_server", command, "--db", "postgresql://chat@db.example/chat"],
        env=os.environ | slow_names(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    told = "cannot reach postgresql://chat@db.example/chat: its name could not be looked up within 5 s"
    assert (done.returncode, told in done.stdout + done.stderr) == (1, True)


def test_a_folder_in_which_others_may_put_another_database_is_a_fault(db: Path) -> None:
    db.parent.chmod(0o777)

    assert bad(look(db)) == [("fault", "folder")]


def test_a_database_of_somebody_else_is_told(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = db.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)

    assert ("warning", "database file") in bad(look(db))


def test_a_damaged_database_is_a_fault(db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection:
        (page,) = connection.execute("select rootpage from sqlite_schema where name = 'message'").fetchone()
    with db.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)

    assert ("fault", "database") in bad(look(db))


def test_what_is_no_database_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    path.write_text("no database at all, and long enough to be seen as something else than an empty file" * 9)
    path.chmod(0o600)

    assert bad(look(path)) == [("fault", "database")]


def test_an_older_schema_is_told_before_a_server_changes_it(db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("pragma user_version = 9")

    found = look(db)

    assert ("warning", "database") in bad(found)


@pytest.mark.parametrize(("free", "level"), [(10, "fault"), (100, "warning"), (5000, "ok")])
def test_it_is_told_when_there_is_little_room(
    free: int, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free * files.MIB))

    assert files.room(tmp_path / "chat.db").level.value == level


@pytest.mark.parametrize(
    ("days", "expected"), [(100, []), (5, [("warning", "certificate")]), (-1, [("fault", "certificate")])]
)
def test_the_end_of_a_certificate_is_told_in_time(days: int, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    made = make_certificates(tmp_path, until=NOW + timedelta(days=days))

    found = list(certificate(str(made.certificate), str(made.key), NOW))

    assert bad(found) == expected
    assert f"{NOW + timedelta(days=days):%Y-%m-%d}" in found[-1].told


def test_a_certificate_that_nobody_has_signed_is_told_with_its_fingerprint(tmp_path: Path) -> None:
    made = make_self_signed(tmp_path)

    (finding,) = certificate(str(made.certificate), str(made.key), NOW)

    assert finding.level is Level.OK
    assert "signed by itself, so clients need --pin sha256:" in finding.told


def test_a_key_that_belongs_to_another_certificate_is_a_fault(tmp_path: Path) -> None:
    one, other = make_certificates(tmp_path), make_self_signed(tmp_path)

    assert bad(list(certificate(str(one.certificate), str(other.key), NOW))) == [("fault", "certificate")]


def test_a_key_that_others_may_read_is_a_fault(tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    made.key.chmod(0o644)

    assert bad(list(certificate(str(made.certificate), str(made.key), NOW))) == [("fault", "key")]


def test_a_certificate_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    found = list(certificate(str(tmp_path / "none.pem"), str(tmp_path / "none.key"), NOW))

    assert bad(found) == [("fault", "key"), ("fault", "certificate")]


@pytest.mark.parametrize(
    ("most", "strangers", "level"), [(65536, 16384, "ok"), (1024, 256, "warning"), (1024, 1000, "fault")]
)
def test_few_descriptors_are_told(most: int, strangers: int, level: str) -> None:
    assert machine.descriptors(most, strangers, 64, is_running=False).level.value == level


@pytest.mark.parametrize(
    ("is_set", "last_ms", "level"),
    [(True, 0, "ok"), (None, 0, "ok"), (False, 0, "warning"), (True, 61_001, "fault"), (True, 59_000, "ok")],
)
def test_a_clock_that_is_wrong_is_told(is_set: bool | None, last_ms: int, level: str) -> None:
    (finding,) = machine.clock(is_set, 0, last_ms)

    assert finding.level.value == level


def test_the_system_can_be_asked_whether_its_clock_is_set() -> None:
    assert machine.is_clock_set() in {True, False, None}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"host": "0.0.0.0", "allow_plaintext": "true"}, [("warning", "encryption")]),
        ({"password_cost": "low"}, [("warning", "passwords")]),
        ({"throttling": "off"}, [("warning", "throttles")]),
    ],
)
def test_settings_that_let_others_in_are_told(
    given: dict[str, str], expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert bad(look(tmp_path / "chat.db", None, **given)) == expected


def test_the_age_of_the_newest_backup_is_told(db: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    assert bad(look(db, folder)) == [("fault", "backups")]  # no such folder
    folder.mkdir()
    (folder / "notes.txt").write_text("none of them")
    assert bad(look(db, folder)) == [("fault", "backups")]

    back_up(db, folder / "old.bak")
    assert bad(look(db, folder)) == []
    week_ago = (NOW - timedelta(days=8)).timestamp()
    os.utime(folder / "old.bak", (week_ago, week_ago))
    assert bad(look(db, folder)) == [("warning", "backups")]
    back_up(db, folder / "new.bak")
    assert bad(look(db, folder)) == []


def test_a_backup_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")

    assert backups(tmp_path, lambda file: file.read() == b"mine", NOW).level is Level.OK
    assert backups(tmp_path, lambda file: file.read() == b"yours", NOW).level is Level.FAULT


def test_a_database_in_postgresql_is_looked_at(database: str) -> None:
    found = look(database)

    assert bad(found) == []
    assert any(f"{database} is a PostgreSQL" in finding.told for finding in found)


def test_what_is_wrong_with_a_database_in_postgresql_is_told(cluster: Cluster, database: str, tmp_path: Path) -> None:
    name = database.partition("@/")[2].partition("?")[0]
    cluster.run(f"alter database {name} set synchronous_commit = off")
    secret = tmp_path / "password"
    secret.write_text("secret\n")
    secret.chmod(0o644)

    found = look(database, db_password_file=str(secret))

    assert bad(found) == [("fault", "password"), ("warning", "database")]
    assert not any("secret" in str(finding) for finding in found)


def test_a_database_in_postgresql_that_does_not_answer_is_a_fault() -> None:
    assert bad(look("postgresql://chat@127.0.0.1:1/chat")) == [("fault", "database")]


def test_nothing_is_left_of_a_look(tmp_path: Path) -> None:
    list(doctor.findings(Config(db=tmp_path / "chat.db"), None))

    assert list(tmp_path.iterdir()) == []

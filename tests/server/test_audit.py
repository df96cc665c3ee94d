"""The record of what operators did."""

from __future__ import annotations

import getpass
import json
import stat
from functools import partial
from pathlib import Path

import pytest

from chatcore import BadFrame, StorageError
from chatcore.testing.server_process import ServerProcess
from chatcore_server.admin import frames as f
from chatcore_server.admin.audit import Audit, in_words
from chatcore_server.admin.listener import Recorded
from tests.server.operating import Ended, operate, operate_here

PASSWORD = "correct horse battery"
AT_MS = 1_796_040_000_123


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    return Audit(tmp_path / "chat.db")


async def recorded(db: Path) -> list[dict[str, object]]:
    ended = await operate(db, "audit", "--json")
    assert ended.status == 0
    return [json.loads(line) for line in ended.out.splitlines()]


async def test_what_operators_do_is_recorded_with_who_when_what_and_to_whom_and_without_secrets(tmp_path: Path) -> None:
    me = getpass.getuser()
    async with ServerProcess(tmp_path / "chat.db") as server:
        await operate(server.db, "user add", "bob", given=PASSWORD.encode())
        await operate(server.db, "user ban", "bob", "--reason", "spam")
        await operate(server.db, "user enable", "carol")
        await operate(server.db, "user list")
        await operate(server.db, "status")
        await server.kill()
        await operate(server.db, "user passwd", "bob", given=b"another secret of bob")

        records = await recorded(server.db)
        words = (await operate(server.db, "audit")).out

    acts = [{name: value for name, value in record.items() if name != "at"} for record in records]
    assert acts == [
        {"by": me, "act": "add_user", "name": "bob"},
        {"by": me, "act": "ban_user", "name": "bob", "reason": "spam", "until_ms": None},
        {"by": me, "act": "enable_user", "name": "carol"},
        {"by": me, "act": "enable_user", "name": "carol", "refused": "not_found"},
        {"by": me, "act": "set_password", "name": "bob"},
    ]
    assert [record["at"] for record in records] == sorted(str(record["at"]) for record in records)
    assert f'UTC {me} ban_user name="bob" reason="spam"\n' in words
    text = (tmp_path / "chat.db.audit").read_text("utf-8")
    assert PASSWORD not in text
    assert "secret" not in text
    assert stat.S_IMODE((tmp_path / "chat.db.audit").stat().st_mode) == 0o600


async def test_a_restore_is_recorded_and_the_record_goes_on_over_it(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server:
        await operate(server.db, "user add", "bob", given=PASSWORD.encode())
        await operate(server.db, "backup", str(tmp_path / "chat.bak"))
        await operate(server.db, "user erase", "bob", "--yes")
        await server.kill()
        await operate(server.db, "restore", str(tmp_path / "chat.bak"))

        acts = [record["act"] for record in await recorded(server.db)]

    assert acts == ["add_user", "back_up", "erase_user", "restore"]


async def test_what_is_done_without_a_server_is_recorded_too_and_that_it_was_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db, backup, copy = tmp_path / "chat.db", tmp_path / "chat.bak", tmp_path / "copy.db"
    on = partial(operate_here, capsys, db)
    async with ServerProcess(db):
        statuses = [(await on("restore", str(backup))).status, (await on("new-epoch")).status]
    statuses += [(await on("backup", str(backup))).status for _ in range(2)]
    statuses += [(await on("new-epoch")).status]
    statuses += [(await operate_here(capsys, db, "copy", "--to", str(copy), option="--from")).status]

    done = [(record["act"], record.get("refused")) for record in Audit(db).records()]
    (here,) = Audit(copy).records()

    assert statuses == [1, 1, 0, 1, 0, 0]
    assert done == [
        ("restore", None),
        ("restore", "storage_error"),
        ("new_epoch", None),
        ("new_epoch", "storage_error"),
        ("back_up", None),
        ("back_up", None),
        ("back_up", "storage_error"),
        ("new_epoch", None),
        ("copy", None),
    ]
    assert (here["act"], here["source"], here["target"]) == ("copy", str(db), str(copy))


async def test_where_nothing_was_done_nothing_is_told(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server:
        assert await operate(server.db, "audit") == Ended(0, "", "")


def test_a_line_that_a_power_cut_has_ended_is_told_as_damaged_and_the_next_one_is_whole(audit: Audit) -> None:
    audit.note("root", f.EnableUser("bob"), AT_MS)
    with audit.path.open("ab") as file:
        file.write(b'{"at": "2026-')

    audit.note("root", f.EnableUser("\x1b[2Jbob\n"), AT_MS)

    first, damaged, last = audit.records()
    assert first == {"at": "2026-11-30T12:00:00.123+00:00", "by": "root", "act": "enable_user", "name": "bob"}
    assert damaged == {"damaged": '{"at": "2026-'}
    assert in_words(damaged) == 'damaged: {"at": "2026-'
    assert last["name"] == "\x1b[2Jbob\n"
    assert "\x1b" not in in_words(last)
    assert in_words(first) == '2026-11-30 12:00:00 UTC root enable_user name="bob"'


def test_whatever_is_recorded_what_was_there_stays_as_it_was(audit: Audit) -> None:
    before = b""
    for number in range(5):
        audit.note("root", f.EnableUser(f"user{number}"), AT_MS)
        now = audit.path.read_bytes()
        assert now.startswith(before)
        assert len(now) > len(before)
        before = now


async def test_what_cannot_be_recorded_is_not_done(tmp_path: Path) -> None:
    done = list[str]()

    async def act(request: f.EnableUser) -> f.Answer:
        done.append(request.name)
        raise BadFrame("refused")

    (tmp_path / "chat.db.audit").mkdir()
    with pytest.raises(StorageError, match="not done, since it cannot be recorded"):
        await Recorded({f.EnableUser: act}, Audit(tmp_path / "chat.db"), lambda: AT_MS).do(f.EnableUser("bob"), "root")
    (tmp_path / "chat.db.audit").rmdir()
    (tmp_path / "chat.db.audit").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError):
        await Recorded({f.EnableUser: act}, Audit(tmp_path / "chat.db"), lambda: AT_MS).do(f.EnableUser("bob"), "root")

    assert done == []
    assert not (tmp_path / "elsewhere").exists()


def test_what_a_newer_version_has_recorded_is_told_and_what_is_damaged_too(audit: Audit) -> None:
    newer = {"at": "2030-01-01T00:00:00.000+00:00", "by": "root", "act": "merge_users", "names": ["a", "b"], "of": {}}
    deep = "[" * 100_000
    audit.path.write_text(f"{json.dumps(newer)}\n{deep}\n")

    told = [in_words(record) for record in audit.records()]

    assert told == ['2030-01-01 00:00:00 UTC root merge_users names=["a", "b"] of={}', f"damaged: {deep}"]

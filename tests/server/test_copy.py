"""`chatcore-server copy`: an installation moves between a file and PostgreSQL, and everything of it comes along."""
# ruff: noqa: S608 - only constants are put together

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import chatcore
from chatcore.adapters.postgres import PostgresStorage
from chatcore.adapters.sql.tables import TABLES
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.domain.ids import ClientId
from chatcore.domain.invitations import InvitationRecord
from chatcore.domain.messages import NewMessage
from chatcore.domain.refusals import NewRefusal
from chatcore.domain.users import AccountName, NewUser, UserChange
from chatcore.errors import Refused
from chatcore.testing.contracts.storage_base import (
    ALICE,
    ALICE_BOB,
    BOB,
    CAROL,
    GENERAL,
    NOON,
    enrol,
    post,
    read,
    send,
)
from chatcore.testing.server_process import ServerProcess
from chatcore_server.admin import databases
from chatcore_server.cli import main
from chatcore_server.config import DatabaseUrl
from tests.postgres import Cluster

EPHEMERAL = {"host", "job_host", "mark", "present"}
"""Tables of PostgreSQL's about and for servers that are at work; none is while a copy is made."""


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database with something in each table."""
    path = tmp_path / "chat.db"
    async with SqliteStorage(path) as storage:
        await storage.begin("one")
        await enrol(storage, ALICE, BOB)
        await storage.append([post(ALICE, GENERAL, f"g-{n}") for n in range(3)], NOON + 1)
        await enrol(storage, CAROL)
        await storage.add_user(NewUser(chatcore.UserId("d" * 16), AccountName("żółw", "żółw"), "hash", key="k"), NOON)
        await storage.change_user(CAROL, UserChange(name=AccountName("Lina", "lina")), NOON + 1)
        await storage.change_user(BOB, UserChange(disabled=True), NOON + 1)
        await send(storage, ALICE, ALICE_BOB, "one", "two", "zażółć\n🐢", "four")
        await read(storage, BOB, GENERAL, 1, 3)
        await read(storage, BOB, ALICE_BOB, 2, 4)
        await storage.add_session("digest", ALICE, NOON, "tests", lasts_ms=5)
        await storage.add_invitation(InvitationRecord("digest", "choir", NOON, 3, 1, NOON + 5))
        await storage.renew_token("digest", "token", NOON, NOON)
        await storage.led("token")
        refused = NewMessage(ALICE, GENERAL, ClientId("r-1"), "no")
        changed = NewMessage(ALICE, GENERAL, ClientId("r-2"), "clean", asked="rude")
        await storage.append([NewRefusal(refused, Refused("not here", field="text")), changed], NOON + 2)
        await storage.take_job("missed", "here", NOON)
        await storage.keep_positions("missed", "here", {"": 7, "part": 3})
    return path


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all that is in a file."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("select name from sqlite_schema where type = 'table'")]
        return {name: sorted(connection.execute(f"select * from {name}"), key=repr) for name in names}


def test_what_is_copied_to_postgresql_and_back_is_all_there_and_the_same(
    path: Path, cluster: Cluster, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back = tmp_path / "back.db"

    there = main(["copy", "--from", str(path), "--to", database])
    again = main(["copy", "--from", database, "--to", str(back)])

    assert (there, again) == (0, 0)
    assert capsys.readouterr().out.splitlines()[-1] == f"{back} has 4 users and 8 messages, and no faults"
    before = rows_of(path)
    assert rows_of(back) == before
    assert min(len(rows) for rows in before.values()) > 0  # each table was put to the test
    assert main(["fsck", "--db", database]) == 0
    assert main(["fsck", "--db", str(back)]) == 0


def test_no_table_and_no_column_of_either_database_is_left_out(path: Path, cluster: Cluster, database: str) -> None:
    copied = {(table.name, column) for table in TABLES for column in table.columns}
    of_file = {(name, column) for name in rows_of(path) for column in columns_of(path, name)}
    told = cluster.run(
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
        " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'",
        database="chat",
    )
    common = {"account": "user", "user_id": "user"}
    pairs = (line.split("|") for line in told.splitlines())
    shared = {(common.get(table, table), common.get(column, column)) for table, column in pairs}

    assert of_file - {("message", "readers")} == copied - {("readers", "number"), ("readers", "readers")}
    assert {pair for pair in shared if pair[0] not in EPHEMERAL} == copied


def columns_of(path: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("select name from pragma_table_info(?)", (table,))]


async def test_numbers_go_on_after_a_copy(path: Path, database: str) -> None:
    async with SqliteStorage(path) as storage:
        (last,) = await send(storage, ALICE, GENERAL, "the last one")
    await copied(path, database)

    async with PostgresStorage(database) as storage:
        (next_one,) = await send(storage, BOB, GENERAL, "the next one")
        refused = NewMessage(ALICE, GENERAL, ClientId("r-9"), "no")
        await storage.append([NewRefusal(refused, Refused("not here"))], NOON + 2)
        new = await storage.add_user(NewUser(chatcore.UserId("e" * 16), AccountName("eve", "eve"), "hash"), NOON)

    assert (next_one.seq, next_one.number) == (last.seq + 1, last.number + 1)
    assert new.number == 5


async def copied(source: Path | str, target: Path | str, status: int = 0) -> str:
    """Copy in a process of its own; return what is told on standard error."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "chatcore_server", "copy", "--from", str(source), "--to", str(target)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stderr
    return done.stderr.strip().removeprefix("chatcore-server: ")


async def test_clients_that_were_connected_go_on_with_their_tokens_at_the_other_database(
    database: str, tmp_path: Path
) -> None:
    file, back = tmp_path / "chat.db", tmp_path / "back.db"
    async with (
        ServerProcess(file) as server,
        chatcore.connect(server.url) as alice,
        chatcore.connect(server.url) as bob,
    ):
        await alice.register("alice", "correct horse battery")
        me = await bob.register("bob", "correct horse battery")
        talk = await alice.conversation_with(me.id)
        await alice.post(talk, "one")
        for source, target in ((file, database), (database, back)):
            assert await server.terminate() == 0
            await copied(source, target)
            server.told_db = str(target)
            await server.start()
            await alice.post(talk, f"after {source}")

        heard = await bob.history(talk)
        epochs = {value for path in (file, back) for name, value in rows_of(path)["meta"] if name == "epoch"}

    assert [message.text for message in heard] == ["one", f"after {file}", f"after {database}"]
    assert len(epochs) == 1


# ---- refused, with nothing written ---------------------------------------------------------------------------------


def refused(capsys: pytest.CaptureFixture[str], source: Path | str, target: Path | str) -> str:
    """Try a copy; return what is told when it is refused."""
    assert main(["copy", "--from", str(source), "--to", str(target)]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    return told.strip().removeprefix("chatcore-server: ")


def test_a_target_that_is_not_empty_is_refused_and_left_as_it_is(
    path: Path, cluster: Cluster, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.run("insert into job values ('missed', '', 1)", database="chat")

    told = refused(capsys, path, database)

    assert told == f"{database} is not empty: a copy needs a database that no server has begun on"
    assert cluster.run("select (select count(*) from account), (select count(*) from job)", database="chat") == "0|1"


def test_a_file_that_is_there_is_not_written_over(
    path: Path, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["copy", "--from", str(path), "--to", database])
    capsys.readouterr()
    other = tmp_path / "other.db"
    other.write_text("mine")

    assert refused(capsys, database, other) == f"the file {other} is there already"
    assert other.read_text() == "mine"


async def test_a_copy_waits_for_no_server_and_says_that_one_is_at_work(
    database: str, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with ServerProcess(tmp_path / "here.db", "--db", database):
        told_to = await copied(path, database, 1)
        told_from = await copied(database, tmp_path / "new.db", 1)
    async with ServerProcess(path):
        told_file = await copied(path, tmp_path / "new.db", 1)

    assert "is not empty" in told_to
    assert told_from == f"a server is at work on {database}: stop all of them"
    assert told_file == f"the database {path} is in use by another server"
    assert not (tmp_path / "new.db").exists()


def test_a_source_with_a_fault_is_not_copied(
    path: Path, cluster: Cluster, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("update message set live = 9 where conversation = 'general' and seq = 2")

    told = refused(capsys, path, database)

    assert "general: message 2 has the count 9, a recount gives 2" in told
    assert cluster.run("select count(*) from account", database="chat") == "0"


@pytest.mark.parametrize("moment", ["copying", "checking"])
def test_a_copy_that_is_killed_leaves_a_target_that_can_be_copied_to(
    path: Path, cluster: Cluster, database: str, tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def tell(line: str) -> None:
        if line.startswith(moment):
            raise Killed

    to = databases.Shared(DatabaseUrl(database))
    with pytest.raises(Killed):
        databases.copy(path, to, tell)

    assert cluster.run("select (select count(*) from account), (select count(*) from meta)", database="chat") == "0|4"
    assert str(databases.copy(path, to, lambda _: None)) == "4 users and 8 messages"

"""The commands for operators over PostgreSQL: fsck, export and new-epoch say and do what they do with a file."""
# ruff: noqa: S608 - only constants are put together

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

import chatcore
from chatcore.adapters.postgres import PostgresStorage
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.client.changes import Change, Reset
from chatcore.client.observer import Observer
from chatcore.domain.roster import Row
from chatcore.ports.storage import Storage
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
from chatcore_server.cli import main
from tests.postgres import Cluster


async def fill(storage: Storage) -> None:
    await enrol(storage, ALICE, BOB)
    await storage.append([post(ALICE, GENERAL, f"g-{n}") for n in range(3)], NOON + 1)
    await enrol(storage, CAROL)
    await storage.append([post(BOB, GENERAL, "g-3"), post(ALICE, GENERAL, "g-4")], NOON + 2)
    await send(storage, ALICE, ALICE_BOB, "one", "two", "zażółć\n🐢", "four")
    await read(storage, BOB, GENERAL, 1, 3)
    await read(storage, BOB, ALICE_BOB, 1, 3)
    await storage.add_session("digest", ALICE, NOON)
    await storage.renew_token("digest", "second", NOON + 1, NOON)
    await storage.led("second")


@pytest.fixture
async def filled(database: str) -> str:
    """The address of a database with three users, nine messages, marks and a session."""
    async with PostgresStorage(database, has_given_times=True) as storage:
        await fill(storage)
    return database


def test_a_sound_database_has_no_faults(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fsck", "--db", filled]) == 0

    assert capsys.readouterr() == ("no faults: 3 users and 9 messages\n", "")


FAULTS = {
    "a counter is wrong": (
        "update message set live = 6 where conversation = 'general' and seq = 5",
        "general: message 5 has the count 6, a recount gives 5",
    ),
    "a message is missing": (
        "delete from message where conversation = 'general' and seq = 3",
        "general: message 4 comes after message 2",
    ),
    "a reader is missing": (
        "delete from readers where number = 1",
        "general: message 1 has 0 readers, a recount gives 1",
    ),
    "there are readers of no message": (
        "insert into readers values (99, 1)",
        "readers: 1 of 3 records are there twice, or belong to nothing",
    ),
    "somebody has read what is not there": (
        f"update reading set cursor = 9 where conversation = 'general' and user_id = '{CAROL}'",
        f"general: the read state of user {CAROL} goes to message 9, the last one is 5",
    ),
    "a client id stands for two messages": (
        "drop index message_client_id; update message set client_id = 'g-0' where number = 2",
        "message: 1 of 9 records are there twice, or belong to nothing",
    ),
    "an index is missing": ("drop index message_client_id", "schema: the index message_client_id is missing"),
    "an index is another one": (
        "drop index message_place; create index message_place on message (conversation, seq)",
        "schema: the index message_place is not as it should be",
    ),
    "a column is of another kind": (
        "alter table session alter column label drop not null",
        "schema: the table session is not as it should be",
    ),
    "a function was replaced": (
        "update pg_proc set prosrc = 'begin return null; end' where proname = 'add_messages'",
        "schema: the function add_messages is not as it should be",
    ),
    "a replaced token is forgotten": (
        "delete from token where digest = 'second'",
        "session digest: its token was replaced so often: 1; known of these: 0",
    ),
    "a token leads to no session": (
        "alter table token drop constraint if exists token_session_fkey; update token set session = 'nobody'",
        "token second: leads to a session that is not there",
    ),
    "there is no epoch": ("delete from meta where name = 'epoch'", "schema: there is no epoch"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_told_in_one_line(
    filled: str, cluster: Cluster, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    sql, told = FAULTS[fault]
    cluster.run(sql, database="chat", role="postgres")

    assert main(["fsck", "--db", filled]) == 1

    out, err = capsys.readouterr()
    assert told in out.splitlines()
    assert err == ""


def test_a_check_leaves_nothing_behind(filled: str, cluster: Cluster) -> None:
    before = cluster.run("select relname, relnamespace from pg_class order by 1, 2", database="chat")

    main(["fsck", "--db", filled])

    assert cluster.run("select relname, relnamespace from pg_class order by 1, 2", database="chat") == before


async def test_an_export_is_the_same_to_the_byte_as_that_of_a_file(filled: str, tmp_path: Path) -> None:
    async with SqliteStorage(tmp_path / "chat.db") as storage:
        await fill(storage)
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"

    await operated("export", str(one), "--db", filled)
    await operated("export", str(other), "--db", str(tmp_path / "chat.db"))

    assert one.read_bytes() == other.read_bytes()
    assert one.read_bytes().count(b"\n") == 1 + 3 + 9 + 3


async def operated(*arguments: str, status: int = 0) -> str:
    """Run a command in a process of its own; return what it tells."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "chatcore_server", *arguments],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


class Beginnings(Observer):
    """How many times a client has begun anew with its list."""

    def __init__(self) -> None:
        self.count = 0

    def rows_changed(self, changes: list[Change[Row]]) -> None:
        """See Observer."""
        self.count += any(isinstance(change, Reset) for change in changes)


@pytest.mark.parametrize("is_shared", [False, True])
async def test_after_a_new_epoch_clients_that_were_connected_load_the_chat_anew(
    database: str, tmp_path: Path, *, is_shared: bool
) -> None:
    beginnings, db = Beginnings(), database if is_shared else str(tmp_path / "chat.db")
    async with (
        ServerProcess(tmp_path / "chat.db", *(["--db", db] if is_shared else [])) as server,
        chatcore.connect(server.url) as alice,
    ):
        alice.subscribe(beginnings)
        await alice.register("alice", "correct horse battery")
        await alice.post(chatcore.GENERAL, "one")
        refusal = await operated("new-epoch", "--db", db, status=1)
        counts, told = [beginnings.count], ""
        for command in ("fsck", "new-epoch"):
            assert await server.terminate() == 0
            told = await operated(command, "--db", db)
            await server.start()
            await alice.post(chatcore.GENERAL, f"after {command}")
            await alice.synced()
            counts.append(beginnings.count)

    assert "server" in refusal
    assert told.startswith(f"{db} has begun a new epoch")
    assert [count - counts[0] for count in counts] == [0, 0, 1]

"""What goes wrong under a SQLite storage: full disks, failures, kills, callers who leave."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.sqlite.database import Database
from chatcore.adapters.sqlite.trouble import committing
from chatcore.domain.sessions import Ages
from chatcore.errors import StorageError, StorageFull
from chatcore.ports.commits import Stored
from chatcore.testing.contracts.storage_base import (
    ALICE,
    ALICE_BOB,
    BOB,
    NOON,
    enrol,
    marks,
    message_of,
    post,
    send,
    told_by,
)

POSTING = """
import asyncio, itertools, sys
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, post

async def main():
    async with SqliteStorage(sys.argv[1]) as storage:
        storage.listen(lambda commit: print(commit[-1].message.seq, flush=True))
        for n in itertools.count():
            await storage.append([post(ALICE, ALICE_BOB, f"{n}-{i}") for i in range(3)], n)

asyncio.run(main())
"""
"""Posts three messages at a time for ever, and says how far the log has come after each commit."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


async def no_room(*_: object) -> None:
    """Fail as on a full disk."""
    raise StorageFull


async def in_doubt(database: Database, *_: object) -> None:
    """Fail as where a commit cannot be synced."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    raise committing(error, database._path)


async def seqs_in(path: Path) -> list[int]:
    """Open the file and say which messages of Alice and Bob are in it."""
    async with SqliteStorage(path) as storage:
        page = await storage.page(BOB, ALICE_BOB, after=0, before=None, limit=1_000_000)
    return [message.seq for message in page.messages]


async def test_a_full_disk_refuses_writes_while_reads_go_on_and_recovers(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE)
        await storage.add_session("digest", ALICE, NOON)
        await send(storage, ALICE, ALICE_BOB, "before")
        commits = told_by(storage)
        database = storage._opened.database
        ((pages,),) = await database.write("pragma page_count")
        await database.write(f"pragma max_page_count = {pages}")
        many = [post(ALICE, ALICE_BOB, f"{n}", "x" * 4_000) for n in range(9)]

        with pytest.raises(StorageFull):
            await storage.append(many, NOON)
        with pytest.raises(StorageFull):
            await storage.append([*many, marks(BOB, ALICE_BOB, 1)], NOON)
        page = await storage.page(BOB, ALICE_BOB, after=None, before=None, limit=9)
        user = await storage.session("digest", Ages(NOON, NOON, NOON))
        told_meanwhile = len(commits)
        await database.write("pragma max_page_count = 1000000")
        outcomes = await storage.append(many, NOON)

        assert [message.text for message in page.messages] == ["before"]
        assert page.tally.unread == 1
        assert user is not None
        assert told_meanwhile == 0
        assert [message_of(outcome).seq for outcome in outcomes] == list(range(2, 11))


async def test_without_room_for_a_note_a_session_is_found_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE)
        await storage.add_session("digest", ALICE, NOON)
        monkeypatch.setattr(Database, "write", no_room)

        user = await storage.session("digest", Ages(NOON, NOON, NOON))
        with pytest.raises(StorageFull):
            await storage.add_session("another", ALICE, NOON)

    assert user is not None


async def test_after_a_commit_in_doubt_all_later_writes_are_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, ALICE_BOB, "before")
        commits = told_by(storage)
        with monkeypatch.context() as patched:
            patched.setattr(Database, "_commit", in_doubt)
            with pytest.raises(StorageError, match="not known whether it is stored"):
                await storage.append([marks(BOB, ALICE_BOB, 1)], NOON)

        with pytest.raises(StorageError, match="not known whether it is stored"):
            await storage.append([post(ALICE, ALICE_BOB, "1")], NOON)
        found = await storage.page(BOB, ALICE_BOB, after=None, before=None, limit=9)

    assert len(found.messages) == 1
    assert not commits


def test_what_was_told_before_a_kill_is_there_after_it(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", POSTING, path], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(20)]
        writer.kill()
        told += [int(line) for line in writer.stdout if line.endswith("\n")]

    seqs = asyncio.run(seqs_in(path))
    assert len(seqs) >= told[-1]
    assert len(seqs) % 3 == 0
    assert seqs == list(range(1, len(seqs) + 1))


async def test_closing_waits_for_a_write_whose_caller_has_gone(path: Path) -> None:
    storage = SqliteStorage(path)
    await storage.open()
    commits = told_by(storage)
    task = asyncio.create_task(send(storage, ALICE, ALICE_BOB, "hello"))
    while not storage._work._writes._all:
        await asyncio.wait([task], timeout=0)

    task.cancel()
    await storage.close()

    assert [[type(outcome) for outcome in commit] for commit in commits] == [[Stored]]
    assert task.cancelled()

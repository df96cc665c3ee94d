"""Trouble that passes, or concerns a few: damaged pages, locks of other programs, limits; everything else goes on."""

import asyncio
import errno
import logging
import os
import sqlite3
from pathlib import Path
from typing import NoReturn

import pytest

from chatcore.adapters.sqlite import SqliteStorage, trouble
from chatcore.domain.conversations import GENERAL
from chatcore.domain.sessions import Ages
from chatcore.domain.users import AccountName, NewUser
from chatcore.errors import Busy, StorageError, StorageFull, StorageUnavailable
from chatcore.ports.commits import Change
from chatcore.testing.contracts.storage_base import (
    ALICE,
    ALICE_BOB,
    ALICE_CAROL,
    BOB,
    CAROL,
    NOON,
    append_one,
    enrol,
    marks,
    message_of,
    post,
    read,
    send,
    told_by,
)
from tests.damage import damage, files_no_larger_than, locked


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


async def be_impatient(storage: SqliteStorage) -> None:
    """Wait no second for another program's lock."""
    await storage._opened.database.find("pragma busy_timeout = 10")


async def test_a_damaged_page_is_the_error_of_whoever_reads_it_and_of_nobody_else(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with SqliteStorage(path) as storage:
        for n in range(300):
            await append_one(storage, post(ALICE, GENERAL, f"{n}", f"message-{n} " + "x" * 900))
    damage(path, "message-150 ")

    async with SqliteStorage(path) as storage:
        for _ in range(3):
            with pytest.raises(StorageUnavailable):
                await storage.page(BOB, GENERAL, after=100, before=None, limit=100)
        newest = await storage.page(BOB, GENERAL, after=None, before=None, limit=50)
        stored = await append_one(storage, post(BOB, GENERAL, "b"))
        await read(storage, CAROL, GENERAL, 290)

    assert [message.seq for message in newest.messages] == list(range(251, 301))
    assert message_of(stored).seq == 301
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == 3 * ["a request failed"]
    assert "malformed" in caplog.text


async def test_what_cannot_be_read_for_a_write_refuses_that_write_only(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, ALICE_BOB, "spoilt-here " + "x" * 3_000)
        await send(storage, ALICE, GENERAL, "general " + "x" * 3_000)
    damage(path, "spoilt-here ")

    async with SqliteStorage(path) as storage:
        for change in (post(BOB, ALICE_BOB, "1"), marks(BOB, ALICE_BOB, 1)):
            with pytest.raises(StorageUnavailable) as refused:
                await storage.append([change], NOON)
            assert str(path) not in refused.value.message
        stored = await append_one(storage, post(BOB, GENERAL, "2"))

    assert message_of(stored).seq == 2
    assert caplog.text.count(f"cannot write to the database {path}: database disk image is malformed") == 2


async def test_a_conversation_whose_last_message_is_damaged_keeps_nobody_from_their_other_ones(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB, CAROL)
        await send(storage, ALICE, ALICE_BOB, "spoilt-here " + "x" * 3_000)
        await send(storage, ALICE, ALICE_CAROL, "well " + "x" * 3_000)
        await send(storage, ALICE, GENERAL, "general " + "x" * 3_000)
    damage(path, "spoilt-here ")

    async with SqliteStorage(path) as storage:
        overview = await storage.overview(ALICE, 9)
        walked = await storage.tallies(ALICE, "", 9)
        first = await storage.tallies(ALICE, "", 2)

    assert [(t.conversation, t.seq) for t in overview.tallies] == [(ALICE_CAROL, 1), (ALICE_BOB, 0)]
    assert (overview.general.seq, overview.point.facts) == (1, 3)
    everything = [(ALICE_BOB, 0), (ALICE_CAROL, 1), (GENERAL, 1)]
    assert [(t.conversation, t.seq) for t in walked] == everything
    assert [(t.conversation, t.seq) for t in first] == everything[:2]


async def test_damage_that_is_met_while_writing_leaves_nothing_behind_and_ends_nothing(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE)
        for n in range(200):
            await append_one(storage, post(ALICE, GENERAL, f"client-id-{n:06}", "x" * 100))
        ((root,),) = await storage._opened.database.find(
            "select rootpage from sqlite_schema where name = 'message_client_id'"
        )
    content = bytearray(path.read_bytes())  # noqa: ASYNC240 - a short file
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    path.write_bytes(content)  # noqa: ASYNC240

    async with SqliteStorage(path) as storage:
        commits = told_by(storage)
        new: list[list[Change]] = [[post(ALICE, GENERAL, "new")], [post(ALICE, GENERAL, "new"), marks(BOB, GENERAL, 1)]]
        for changes in new:
            with pytest.raises(StorageUnavailable):
                await storage.append(changes, NOON)
        marked = await read(storage, BOB, GENERAL, 1)
        await enrol(storage, CAROL)

        assert marked.tally.seq == 200
        assert [user.id for user in await storage.users(0, 9)] == [ALICE, CAROL]
        assert len(commits) == 2


async def test_while_another_program_holds_the_lock_writes_are_refused_as_busy_and_reads_go_on(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE)
        await storage.add_session("digest", ALICE, NOON)
        await be_impatient(storage)
        with locked(path):
            words = "another program holds the lock"  # whoever tries to start the server reads them, too
            for _ in range(2):
                with pytest.raises(Busy, match=words):
                    await storage.begin("2" * 16)
                with pytest.raises(Busy, match=words):
                    await append_one(storage, post(ALICE, GENERAL, "1"))
                with pytest.raises(Busy, match=words):
                    await storage.append([post(ALICE, GENERAL, "1"), marks(BOB, GENERAL, 1)], NOON)
                with pytest.raises(Busy, match=words):
                    await storage.add_user(NewUser(BOB, AccountName("bob", "bob"), "hash"), NOON)
            page = await storage.page(ALICE, GENERAL, after=None, before=None, limit=9)
            user = await storage.session("digest", Ages(NOON, NOON, NOON))
            await storage.user(ALICE)

        stored = await append_one(storage, post(ALICE, GENERAL, "1"))

    assert (page.messages, user is not None) == ((), True)
    assert message_of(stored).seq == 1
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]
    assert "another program" in caplog.text


async def test_those_who_queue_behind_a_lock_wait_together_and_not_one_after_another(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await be_impatient(storage)
        tries = []
        database = storage._opened.database
        execute = database._writer.execute_fetchall

        async def counted(sql: str, parameters: object) -> object:
            tries.append(sql)
            return await execute(sql, parameters)

        database._writer.execute_fetchall = counted  # type: ignore[method-assign, assignment]
        with locked(path):
            adding = [storage.add_session(f"{n}", ALICE, NOON) for n in range(50)]
            outcomes = await asyncio.gather(*adding, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {Busy}
    assert len(tries) == 1


async def test_a_limit_of_the_size_of_files_is_no_room_and_passes(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, GENERAL, "before")
        size = path.with_name("chat.db-wal").stat().st_size
        with files_no_larger_than(size):
            for change in (post(ALICE, GENERAL, "1"), marks(BOB, GENERAL, 1)):
                with pytest.raises(StorageFull):
                    await storage.append([change], NOON)
            page = await storage.page(BOB, GENERAL, after=None, before=None, limit=9)

        stored = await append_one(storage, post(ALICE, GENERAL, "1"))

    assert [message.text for message in page.messages] == ["before"]
    assert message_of(stored).seq == 2


async def test_a_transaction_that_could_not_be_rolled_back_is_ended_before_the_next(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, GENERAL, "before")
        database = storage._opened.database
        await database._writer.execute_fetchall("begin immediate")
        await database._writer.execute_fetchall("delete from message")

        stored = await append_one(storage, post(ALICE, ALICE_BOB, "1"))
        page = await storage.page(ALICE, GENERAL, after=None, before=None, limit=9)

    assert message_of(stored).seq == 1
    assert [message.text for message in page.messages] == ["before"]


async def test_after_somebody_else_wrote_to_the_log_it_is_looked_at_anew(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, ALICE_BOB, "one")
        await storage._opened.database.write("update message set seq = 2")

        with pytest.raises(StorageUnavailable):
            await append_one(storage, post(ALICE, ALICE_BOB, "1"))
        stored = await append_one(storage, post(ALICE, ALICE_BOB, "1"))

    assert message_of(stored).seq == 3


@pytest.mark.parametrize(
    ("code", "while_committing"),
    [
        (sqlite3.SQLITE_BUSY, Busy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Busy),
        (sqlite3.SQLITE_FULL, StorageFull),
        (sqlite3.SQLITE_IOERR_SHMSIZE, StorageFull),
        (sqlite3.SQLITE_CORRUPT, StorageUnavailable),
        (sqlite3.SQLITE_READONLY, StorageUnavailable),
        (sqlite3.SQLITE_NOMEM, StorageUnavailable),
        (sqlite3.SQLITE_IOERR_READ, StorageUnavailable),
        (sqlite3.SQLITE_IOERR_FSYNC, StorageError),
        (sqlite3.SQLITE_IOERR_WRITE, StorageError),
        (sqlite3.SQLITE_IOERR, StorageError),
    ],
)
def test_only_a_commit_in_doubt_is_more_than_trouble(path: Path, code: int, while_committing: type[Exception]) -> None:
    error = sqlite3.OperationalError("trouble")
    error.sqlite_errorcode = code
    path.with_name("chat.db-wal").touch()

    assert type(trouble.committing(error, path)) is while_committing
    assert not isinstance(trouble.undone(error, path, "read from"), StorageError)


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EFBIG, StorageFull), (errno.EIO, StorageError)],
)
def test_a_write_that_failed_is_judged_by_whether_there_is_room(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: type[Exception]
) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    path.with_name("chat.db-wal").touch()

    def no_file(**_: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(trouble, "TemporaryFile", no_file)

    assert type(trouble.committing(error, path)) is told

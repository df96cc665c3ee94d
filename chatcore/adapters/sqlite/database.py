"""The connections to one SQLite file: one that writes, a few that only read, and the lock against a second server."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from itertools import cycle
from pathlib import Path
from typing import Any

import aiosqlite
from filelock import FileLock, Timeout

from ...errors import ChatError, StorageError, StorageFull
from .migrations import VERSION, migrate, schema_version
from .trouble import committing, translating, undone

OLDEST_SQLITE = (3, 37, 0)
"""The first one with strict tables."""

_WAIT_AT_START_S = 10.0
# For the lock of another program. Meanwhile no write goes on, so that it is short: what cannot be written then is
# refused for now.
_PATIENCE = "busy_timeout = 1000"
_DURABLE = "synchronous = full"  # with `normal`, a power cut takes the last commits of a WAL
# Pages after which the log is copied into the database. A page that many commits have changed is copied once.
_CHECKPOINT = "wal_autocheckpoint = 4000"
_CACHE = "cache_size = -16384"  # KiB
# Measured: pages of a large log are read as fast with a small one, the operating system has them; and memory is flat
# sooner.
_READERS_CACHE = "cache_size = -4096"

_SUFFIXES = ("", "-wal", "-shm", "-journal", ".lock")
"""Of the files that are a database."""

Record = Sequence[Any]


class Database:
    """An open file. Statements of `write` run one after another; those of `read` beside them.

    What fails raises Busy, StorageFull or StorageUnavailable, and then nothing is written; after a StorageError it is
    not known whether a commit has happened. A constraint that does not hold is sqlite3's own IntegrityError.
    """

    def __init__(self, path: Path, writer: aiosqlite.Connection, readers: Iterable[aiosqlite.Connection]) -> None:
        self._path = path
        self._writer = writer
        self._readers = cycle(readers)
        self._is_in_block = False
        self.commits = 0
        "How many were made, as far as they are known to have happened."

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, readers: int) -> AsyncIterator[Database]:
        """Open or make the file, for this process alone; raise StorageError with what is wrong."""
        with alone(path):
            async with AsyncExitStack() as stack:
                with _opening(path):
                    _make(path)
                    writer = await stack.enter_async_context(_connect(path, "rwc"))
                    version = await _schema(writer, path)  # before anything is written to the file
                    await _set_up(writer, "journal_mode = wal", _DURABLE, _CHECKPOINT, _CACHE)
                    await migrate(writer, version)
                    reading = [await stack.enter_async_context(_connect(path, "ro")) for _ in range(readers)]
                    for reader in reading:
                        await _set_up(reader, _READERS_CACHE, _PATIENCE)
                    await _set_up(writer, _PATIENCE)
                yield cls(path, writer, reading)

    async def read(self, sql: str, parameters: Iterable[Any] = ()) -> list[Record]:
        """Run one statement that reads: it sees one moment, after every commit that has returned."""
        try:
            return list(await next(self._readers).execute_fetchall(sql, parameters))
        except sqlite3.Error as error:
            raise undone(error, self._path, "read from") from error

    async def find(self, sql: str, parameters: Iterable[Any] = ()) -> list[Record]:
        """Run one statement that reads, by the writing connection: it sees what the transaction has written."""
        if not self._is_in_block:
            await self._roll_back()
        return await self._execute(sql, parameters)

    async def write(self, sql: str, parameters: Iterable[Any] = ()) -> list[Record]:
        """Run one statement of the writing connection; outside `transaction` it is a transaction of its own."""
        if self._is_in_block:
            return await self._execute(sql, parameters)
        await self._roll_back()
        return await self._commit(sql, parameters)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Make the statements of a block one transaction, which is on disk when the block is left."""
        await self._roll_back()
        await self._execute("begin immediate")
        self._is_in_block = True
        try:
            yield
            await self._commit("commit")
        except BaseException:
            with suppress(ChatError):  # what failed first is told; the next one tries once more
                await self._roll_back()
            raise
        finally:
            self._is_in_block = False

    async def _execute(self, sql: str, parameters: Iterable[Any] = ()) -> list[Record]:
        try:
            return list(await self._writer.execute_fetchall(sql, parameters))
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise undone(error, self._path, "write to") from error

    async def _commit(self, sql: str, parameters: Iterable[Any] = ()) -> list[Record]:
        try:
            found: list[Record] = list(await self._writer.execute_fetchall(sql, parameters))
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise committing(error, self._path) from error
        self.commits += 1
        return found

    async def _roll_back(self) -> None:
        """End a transaction that failed. Usually SQLite has done so by itself."""
        if self._writer.in_transaction:
            await self._execute("rollback")


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    """Say of whatever goes wrong that the file cannot be opened."""
    try:
        with translating(f"cannot open the database {path}"):
            yield
    except StorageFull as error:
        msg = f"cannot open the database {path}: the disk is full"
        raise StorageError(msg) from error
    except Timeout:
        msg = f"the database {path} is in use by another server"
        raise StorageError(msg) from None
    except OSError as error:
        msg = f"cannot open the database {path}: {error.strerror}"
        raise StorageError(msg) from error


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock of the one who may write to the file; raise StorageError where another one has it."""
    lock = FileLock(f"{path}.lock", timeout=0, thread_local=False)
    with _opening(path):
        check_place(path)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def check_place(path: Path) -> None:
    """Check what can be checked before SQLite is asked; raise StorageError."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        msg = f"SQLite {needed} or newer is needed, this Python has {sqlite3.sqlite_version}"
        raise StorageError(msg)
    if not path.parent.is_dir():
        msg = f"cannot open the database {path}: there is no directory {path.parent}"
        raise StorageError(msg)
    if path.exists() and not path.is_file():
        msg = f"cannot open the database {path}: it is not a file"
        raise StorageError(msg)


def check_exists(path: Path) -> None:
    """Check that there is a database to be read; raise StorageError."""
    check_place(path)
    if not path.exists():
        msg = f"there is no database {path}"
        raise StorageError(msg)


def check_target(path: Path, to: Path) -> None:
    """Check that a file to be written is none of a database's own; raise StorageError."""
    target = to.parent.resolve() / to.name
    # SQLite keeps the others beside the file that a link leads to.
    for db in (path.parent.resolve() / path.name, path.resolve()):
        if target in {db.with_name(f"{db.name}{suffix}") for suffix in _SUFFIXES}:
            msg = f"the file {to} is of the database {path} itself"
            raise StorageError(msg)


def _make(path: Path) -> None:
    # Nobody else's business: messages and hashes of passwords. SQLite's other files get the same mode.
    path.touch(mode=0o600)


def _connect(path: Path, mode: str) -> aiosqlite.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return aiosqlite.connect(uri, uri=True, isolation_level=None, timeout=_WAIT_AT_START_S)


async def _schema(connection: aiosqlite.Connection, path: Path) -> int:
    (record,) = await connection.execute_fetchall(VERSION)
    return schema_version(tuple(record), path)


async def _set_up(connection: aiosqlite.Connection, *pragmas: str) -> None:
    for pragma in pragmas:
        await connection.execute_fetchall(f"pragma {pragma}")

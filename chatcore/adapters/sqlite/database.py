"""The connections to one SQLite file: one that writes, and a few that only read."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import cycle
from pathlib import Path
from typing import Any

import aiosqlite

from ...errors import ChatError
from .lock import Hold, alone
from .migrations import VERSION, migrate, schema_version
from .place import open_to_others, opening
from .trouble import committing, undone

_WAIT_AT_START_S = 10.0
# For the lock of another program. Meanwhile no write goes on, so that it is short: what cannot be written then is
# refused for now.
_PATIENCE = "busy_timeout = 1000"
_DURABLE = "synchronous = full"  # with `normal`, a power cut takes the last commits of a WAL
_OVERWRITE = "secure_delete = on"  # what was erased is gone from the file; many systems have it so by themselves
# Pages after which the log is copied into the database. A page that many commits have changed is copied once.
_CHECKPOINT = "wal_autocheckpoint = 4000"
_CACHE = "cache_size = -16384"  # KiB
# Measured: pages of a large log are read as fast with a small one, the operating system has them; and memory is flat
# sooner.
_READERS_CACHE = "cache_size = -4096"

log: logging.Logger = logging.getLogger(__name__)
# Below, the library tells each statement with its values: texts, the digests of tokens, the hashes of passwords.
logging.getLogger("aiosqlite").setLevel(logging.WARNING)

Record = Sequence[Any]


class Database:
    """An open file. Statements of `write` run one after another; those of `read` beside them.

    A failure raises Busy, StorageFull or StorageUnavailable, and then nothing is written; after a StorageError it is
    not known whether a commit has happened. A constraint that does not hold is sqlite3's own IntegrityError.
    """

    def __init__(
        self, path: Path, writer: aiosqlite.Connection, readers: Iterable[aiosqlite.Connection], hold: Hold
    ) -> None:
        self._path = path
        self._writer = writer
        self._readers = cycle(readers)
        self._is_in_block = False
        self.hold = hold
        self.commits: int = 0
        "How many were made, as far as they are known to have happened."

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, readers: int) -> AsyncIterator[Database]:
        """Open or make the file, for this process alone; raise StorageError with what is wrong."""
        with alone(path) as hold:
            async with AsyncExitStack() as stack:
                with opening(path):
                    writer = await stack.enter_async_context(_connect(path, "rwc"))
                    version = await _schema(writer, path)  # before anything is written to the file
                    await _set_up(writer, "journal_mode = wal", _DURABLE, _OVERWRITE, _CHECKPOINT, _CACHE)
                    await migrate(writer, version)
                    reading = [await stack.enter_async_context(_connect(path, "ro")) for _ in range(readers)]
                    for reader in reading:
                        await _set_up(reader, _READERS_CACHE, _PATIENCE)
                    await _set_up(writer, _PATIENCE)
                    hold.note_files()
                    if told := open_to_others(path):
                        log.warning("%s", told)
                yield cls(path, writer, reading, hold)

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


def _connect(path: Path, mode: str) -> aiosqlite.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return aiosqlite.connect(uri, uri=True, isolation_level=None, timeout=_WAIT_AT_START_S)


async def _schema(connection: aiosqlite.Connection, path: Path) -> int:
    (record,) = await connection.execute_fetchall(VERSION)
    return schema_version(tuple(record), path)


async def _set_up(connection: aiosqlite.Connection, *pragmas: str) -> None:
    for pragma in pragmas:
        await connection.execute_fetchall(f"pragma {pragma}")

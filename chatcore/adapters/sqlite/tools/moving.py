"""A database file as the tables that are moved to another database, and one made of such tables."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from ....errors import StorageError
from ...sql.tables import Row, Source, Table, copy_tables
from ..lock import alone
from ..migrations import APPLICATION_ID, steps
from ..place import check_exists
from ..trouble import translating
from .snapshot import snapshot

BATCH = 1_000
"""Rows that are in memory at a time."""

_READERS = "select number, readers from message where readers > 0 order by number"
_COUNT_READERS = "update message set readers = ? where number = ?"
_WITHOUT_LOOK = "select 1 from user where look is null limit 1"


@contextmanager
def unused(path: Path) -> Iterator[sqlite3.Connection]:
    """Return one moment of a database that no server has open, nor opens meanwhile. Raises StorageError."""
    check_exists(path)  # before the lock, which would make it
    with alone(path), snapshot(path) as connection:
        if connection.execute(_WITHOUT_LOOK).fetchone():
            msg = f"{path} has users of an older version: a server has to start on it once"
            raise StorageError(msg)
        yield connection


class FileSource:
    """What a snapshot of a file sees."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def batches(self, table: Table, /) -> AsyncIterator[Sequence[Row]]:
        """Give the rows of a table."""
        columns = ", ".join(table.columns)
        query = f"select {columns} from {table.name} order by {table.columns[0]}"
        cursor = self._connection.execute(_READERS if table.name == "readers" else query)
        while batch := cursor.fetchmany(BATCH):
            yield batch


async def make(path: Path, source: Source) -> list[str]:
    """Make an empty file a database with everything of the source; tell which tables miss something.

    It is on disk whole only when whoever has given the name has seen to that. Raises StorageError.
    """
    with translating(f"cannot write {path}"), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # Nobody else knows the file, and whatever goes wrong is its end.
        connection.executescript("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -65536;")
        for step in steps():
            connection.executescript(step)
        connection.executescript(f"pragma application_id = {APPLICATION_ID}; pragma user_version = {len(steps())};")
        connection.execute("begin")
        missing = await copy_tables(source, _FileTarget(connection))
        connection.execute("commit")
        connection.executescript("pragma journal_mode = delete")
    return missing


class _FileTarget:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def put(self, table: Table, batches: AsyncIterator[Sequence[Row]], /) -> int:
        # A row that may not stand beside another one is counted as missing; what is wrong is told then.
        marks = ", ".join("?" * len(table.columns))
        statement = f"insert or ignore into {table.name} ({', '.join(table.columns)}) values ({marks})"
        if table.name == "meta":  # a new database has secrets already
            self._connection.execute("delete from meta")
        before = self._connection.total_changes
        async for batch in batches:
            if table.name == "readers":
                self._connection.executemany(_COUNT_READERS, [(readers, number) for number, readers in batch])
            else:
                self._connection.executemany(statement, batch)
        return self._connection.total_changes - before

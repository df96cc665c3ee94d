"""A PostgreSQL database as the tables that are moved to another database, and one that is filled with such tables."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from ....errors import StorageError
from ...sql.tables import TABLES, Row, Table
from ..address import SETTINGS, Address
from ..locks import Locks
from ..migrations import schema_version, steps
from ..opening import REACH_S, find, opening, prepare

BATCH = 1_000
"""Rows that are in memory at a time."""

_TABLES = {"user": "account"}
_COLUMNS = {"user": "user_id"}
_FLAG = "erased"
"""The column that says yes or no: a number in SQLite."""

_SCHEMA = "select current_schema()::regnamespace::oid::bigint"

# What is numbered goes on after what was copied.
_GO_ON = """
select setval('log_number', greatest(newest, 1), newest > 0)
from (select coalesce(max(number), 0) newest from message) m;
select setval(pg_get_serial_sequence('refusal', 'place'), greatest(newest, 1), newest > 0)
from (select coalesce(max(place), 0) newest from refusal) r;
"""
_NEW_EPOCH = "update meta set value = replace(gen_random_uuid()::text, '-', '') where name = 'epoch'"


@asynccontextmanager
async def connected(address: Address) -> AsyncIterator[Any]:
    """Open a connection on which a statement may take its time and read tables whole. Raises StorageError."""
    settings = {name: value for name, value in SETTINGS.items() if not name.startswith("enable_")}
    patient = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
    options = {**address.options, "server_settings": settings | patient}
    with opening(address):
        await find(address)
        connection = await asyncpg.connect(address.url, timeout=REACH_S, **options)
        try:
            yield connection
        finally:
            connection.terminate()


@asynccontextmanager
async def one_moment(connection: Any, address: Address) -> AsyncIterator[PostgresSource]:  # noqa: ANN401 - asyncpg has no types
    """Give everything as of one moment, of the newest schema. Raises StorageError."""
    await check_schema(connection, address)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        yield PostgresSource(connection)


async def check_schema(connection: Any, address: Address) -> None:  # noqa: ANN401
    """Raise StorageError unless the schema is the newest one."""
    known = len(steps())
    schema = await schema_version(connection, address.url, known)
    if schema == 0:
        msg = f"the database {address.url} is empty"
        raise StorageError(msg)
    if schema < known:
        msg = f"{address.url} has the old schema {schema}: a server that starts on it brings it to {known}"
        raise StorageError(msg)


@asynccontextmanager
async def unused(connection: Any, address: Address) -> AsyncIterator[None]:  # noqa: ANN401
    """Be alone with the database; servers that start meanwhile wait. Raises StorageError where one is at work."""
    locks = Locks(await connection.fetchval(_SCHEMA))
    if not await connection.fetchval("select pg_try_advisory_lock($1)", locks.work):
        msg = f"a server is at work on {address.url}: stop all of them"
        raise StorageError(msg)
    yield  # the lock goes with the connection


async def begin_epoch(connection: Any) -> None:  # noqa: ANN401
    """Have everybody who holds something of the chat drop it and load it anew."""
    await connection.execute(_NEW_EPOCH)


class PostgresSource:
    """What a transaction sees."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401
        self._connection = connection

    async def batches(self, table: Table, /) -> AsyncIterator[Sequence[Row]]:
        """Give the rows of a table."""
        columns = ", ".join(f"{c}::int" if c == _FLAG else _COLUMNS.get(c, c) for c in table.columns)
        condition = "where name <> 'schema'" if table.name == "meta" else ""
        order = _COLUMNS.get(table.columns[0], table.columns[0])
        query = f"select {columns} from {_TABLES.get(table.name, table.name)} {condition} order by {order}"
        cursor = await self._connection.cursor(query)
        while batch := await cursor.fetch(BATCH):
            yield batch


@asynccontextmanager
async def empty(connection: Any, address: Address) -> AsyncIterator[PostgresTarget]:  # noqa: ANN401
    """Give a database that nothing is in, to be filled: it has everything when the block is left, or nothing.

    Its tables are made where there are none. Raises StorageError where anything is in it, or a server at work.
    """
    known = len(steps())
    if await schema_version(connection, address.url, known) == known:
        await _check_empty(connection, address)
    await prepare(connection, address)
    async with unused(connection, address), connection.transaction():
        await _check_empty(connection, address)
        yield PostgresTarget(connection)
        await connection.execute(_GO_ON)
    await connection.execute("analyze")


async def _check_empty(connection: Any, address: Address) -> None:  # noqa: ANN401
    names = (_TABLES.get(table.name, table.name) for table in TABLES if table.name != "meta")
    query = " or ".join(f"exists (select 1 from {name})" for name in names)
    if await connection.fetchval(f"select {query}"):
        msg = f"{address.url} is not empty: a copy needs a database that no server has begun on"
        raise StorageError(msg)


class PostgresTarget(PostgresSource):
    """A database that is filled in a transaction; what is written already can be read."""

    async def put(self, table: Table, batches: AsyncIterator[Sequence[Row]], /) -> int:
        """Write the rows of a table."""
        if table.name == "meta":  # a new database has secrets already
            await self._connection.execute("delete from meta where name <> 'schema'")
        flags = [place for place, column in enumerate(table.columns) if column == _FLAG]
        status = await self._connection.copy_records_to_table(
            _TABLES.get(table.name, table.name),
            columns=[_COLUMNS.get(column, column) for column in table.columns],
            records=_records(batches, flags),
        )
        return int(str(status).rpartition(" ")[2])


async def _records(batches: AsyncIterator[Sequence[Row]], flags: Iterable[int]) -> AsyncIterator[Row]:
    async for batch in batches:
        for row in batch:
            if flags:
                yield [bool(value) if place in flags else value for place, value in enumerate(row)]
            else:
                yield row

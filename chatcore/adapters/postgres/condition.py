"""How a PostgreSQL database is, as far as a quick look tells, beside the servers that have it open."""

from __future__ import annotations

from typing import Any

import attrs

from ..system import SystemClock
from .address import Address
from .migrations import schema_version, steps
from .opening import connect, opening

_ABOUT = """
select current_setting('server_version') as version, current_setting('server_encoding') as encoding,
  current_setting('synchronous_commit') as synchronous_commit, current_setting('autovacuum') as autovacuum,
  (extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms, pg_database_size(current_database()) as size,
  current_setting('max_connections')::int - (select count(*) from pg_stat_activity)::int as free
"""


@attrs.frozen
class Condition:
    """What a quick look has found."""

    version: str
    encoding: str
    schema: int
    "0 where no server has ever begun on it."
    newest_schema: int
    is_durable: bool
    "Whether what is committed survives a crash."
    is_vacuumed: bool
    "Whether the database gives up by itself what was erased."
    free_connections: int
    size: int
    "Bytes, with whatever else is in the database."
    ahead_ms: int
    "By how much this machine's clock is ahead of the database's."


async def condition(url: str, password: str | None) -> Condition:
    """Look at a database. Raises StorageError where it is none of ours, or cannot be reached."""
    address = Address(url, password)
    with opening(address):
        connection = await connect(address)
        try:
            return await _look(connection, url)
        finally:
            connection.terminate()


async def _look(connection: Any, url: str) -> Condition:  # noqa: ANN401 - asyncpg has no types
    about = await connection.fetchrow(_ABOUT)
    known = len(steps())
    return Condition(
        version=about["version"],
        encoding=about["encoding"],
        schema=await schema_version(connection, url, known),
        newest_schema=known,
        is_durable=about["synchronous_commit"] != "off",
        is_vacuumed=about["autovacuum"] == "on",
        free_connections=about["free"],
        size=about["size"],
        ahead_ms=SystemClock().now_ms() - about["now_ms"],
    )

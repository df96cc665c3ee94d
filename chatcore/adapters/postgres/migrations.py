"""The steps from an empty schema of a database to the newest one of ours, each one transaction."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from ...errors import StorageError
from ..sql.progress import told

# In one statement: another server may be about to make them.
_TABLES = """
select count(*) filter (where relname in ('meta', 'log_number')) = 2, count(*)
from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'v', 'S')
"""
_VERSION = "select value::int from meta where name = 'schema'"
_KEEP = "insert into meta values ('schema', $1) on conflict (name) do update set value = excluded.value"

STEPS = 10
"""How many there are: the newest schema."""

_STEP_S = 24 * 3600.0
"""Seconds that a step may take on a large database, and others wait for it."""


def steps() -> tuple[str, ...]:
    """Return the SQL of each step; step n leads to schema n."""
    here = files(__package__)
    return tuple(here.joinpath(f"step_{number}.sql").read_text("utf-8") for number in range(1, STEPS + 1))


async def migrate(connection: Any, where: str, lock: int) -> None:  # noqa: ANN401 - asyncpg has no types
    """Bring the schema to the newest one; servers that start at once take turns by the lock.

    Raises StorageError where what is there is not ours to know.
    """
    known = steps()
    version = await schema_version(connection, where, len(known))
    while version < len(known):
        async with connection.transaction():
            await connection.execute("set local statement_timeout = 0")  # a step may take what it needs
            await connection.execute("select pg_advisory_xact_lock($1)", lock, timeout=_STEP_S)
            version = await schema_version(connection, where, len(known))  # another server may have been quicker
            if version < len(known):
                version += 1
                async with told(f"bringing the database to schema {version} of {len(known)}"):
                    await connection.execute(known[version - 1], timeout=_STEP_S)
                await connection.execute(_KEEP, str(version))


async def schema_version(connection: Any, where: str, known: int) -> int:  # noqa: ANN401
    """Tell which schema there is, 0 where there is none. Raises StorageError where it is not ours to know."""
    is_ours, tables = await connection.fetchrow(_TABLES)
    if not is_ours:
        if tables:
            msg = f"{where} has the tables of another program"
            raise StorageError(msg)
        return 0
    version: int = await connection.fetchval(_VERSION)
    if version > known:
        msg = f"{where} was made by a newer version: its schema is {version}, this program knows those up to {known}"
        raise StorageError(msg)
    return version

"""The steps from an empty file to the newest schema, each one transaction."""

from __future__ import annotations

from importlib.resources import files

import aiosqlite

from ...errors import StorageError

APPLICATION_ID = 0x63686174
"""Says in the file's header that it is ours: `chat` in ASCII."""


def steps() -> tuple[str, ...]:
    """Give the SQL of each step; step n leads to schema n."""
    return (files(__package__).joinpath("schema.sql").read_text("utf-8"),)


async def migrate(connection: aiosqlite.Connection, path: str) -> None:
    """Bring the file to the newest schema; raise StorageError where it is another program's or of a newer version."""
    todo = steps()
    version = await _version(connection, path)
    if version > len(todo):
        msg = f"{path} was made by a newer version: its schema is {version}, this program knows those up to {len(todo)}"
        raise StorageError(msg)
    for number, sql in enumerate(todo[version:], version + 1):
        await _take(connection, number, sql)


async def _version(connection: aiosqlite.Connection, path: str) -> int:
    """Read which schema the file has, 0 where it is empty."""
    ((application, version, tables),) = await connection.execute_fetchall(
        "select application_id, user_version, (select count(*) from sqlite_schema)"
        " from pragma_application_id, pragma_user_version"
    )
    if application != APPLICATION_ID and (application or version or tables):
        msg = f"{path} is the database of another program"
        raise StorageError(msg)
    return int(version)


async def _take(connection: aiosqlite.Connection, number: int, sql: str) -> None:
    try:
        await connection.executescript(
            f"begin immediate; {sql}; pragma application_id = {APPLICATION_ID}; pragma user_version = {number}; commit;"
        )
    except BaseException:
        if connection.in_transaction:
            await connection.rollback()
        raise

"""The steps from an empty file to the newest schema, each one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import aiosqlite

from ...errors import StorageError
from ..sql.progress import told

APPLICATION_ID = 0x63686174
"""Says in the file's header that it is ours: `chat` in ASCII."""


VERSION = """
select application_id, user_version, (select count(*) from sqlite_schema)
from pragma_application_id, pragma_user_version
"""


def steps() -> tuple[str, ...]:
    """Return the SQL of each step; step n leads to schema n."""
    names = (
        "step_1.sql",
        "step_2.sql",
        "step_3.sql",
        "step_4.sql",
        "step_5.sql",
        "step_6.sql",
        "step_7.sql",
        "step_8.sql",
        "step_9.sql",
        "step_10.sql",
        "step_11.sql",
        "step_12.sql",
        "step_13.sql",
        "step_14.sql",
        "step_15.sql",
    )
    return tuple(files(__package__).joinpath(name).read_text("utf-8") for name in names)


def schema_version(record: Sequence[int], path: Path) -> int:
    """Tell which schema the file has, 0 where it is empty, by the record of `VERSION`.

    Raises StorageError where it is not one of ours to know.
    """
    application, version, tables = record
    if application != APPLICATION_ID and (application or version or tables):
        msg = f"{path} is the database of another program"
        raise StorageError(msg)
    known = len(steps())
    if version > known:
        msg = f"{path} was made by a newer version: its schema is {version}, this program knows those up to {known}"
        raise StorageError(msg)
    return version


async def migrate(connection: aiosqlite.Connection, version: int) -> None:
    """Bring a file of schema `version` to the newest one."""
    for number, sql in enumerate(steps()[version:], version + 1):
        async with told(f"bringing the database to schema {number} of {len(steps())}"):
            await _take(connection, number, sql)


async def _take(connection: aiosqlite.Connection, number: int, sql: str) -> None:
    try:
        await connection.executescript(
            f"begin immediate; {sql}; pragma application_id = {APPLICATION_ID}; pragma user_version = {number}; commit;"
        )
    except BaseException:
        if connection.in_transaction:
            await connection.rollback()
        raise

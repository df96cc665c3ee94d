"""One moment of a database file, read beside whoever has it open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import attrs

from ....errors import StorageError
from ..migrations import VERSION, schema_version, steps
from ..place import check_exists
from ..trouble import translating


@attrs.frozen
class Contents:
    """How much is in a database."""

    users: int
    messages: int

    def __str__(self) -> str:
        return f"{_many(self.users, 'user')} and {_many(self.messages, 'message')}"


@contextmanager
def snapshot(path: Path, *, is_current: bool = True) -> Iterator[sqlite3.Connection]:
    """Return a connection that sees one moment of the file and cannot write; raise StorageError with what is wrong.

    It needs no lock: a reading transaction sees every commit before it began and none after, and keeps nobody from
    writing. Only what is written meanwhile cannot be moved out of the write-ahead log, which grows.
    With `is_current`, a schema older than the newest one is refused too.
    """
    check_exists(path)
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with (
        translating(f"cannot read the database {path}"),
        closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection,
    ):
        connection.execute("begin")
        schema = schema_version(connection.execute(VERSION).fetchone(), path)
        _check_schema(schema, len(steps()) if is_current else 1, path)
        yield connection


def contents(connection: sqlite3.Connection) -> Contents:
    """Count."""
    return Contents(
        *connection.execute("select (select count(*) from user), (select count(*) from message)").fetchone()
    )


def _check_schema(schema: int, oldest: int, path: Path) -> None:
    if schema == 0:
        msg = f"the database {path} is empty"
        raise StorageError(msg)
    if schema < oldest:
        msg = f"{path} has the old schema {schema}: a server that starts on it brings it to {oldest}"
        raise StorageError(msg)


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

"""The tables that both databases have, in one form: what is moved from one to the other is moved as these rows.

The names are those of SQLite. A column that has a kind of its own in PostgreSQL is said there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

import attrs

Row = Sequence[Any]


@attrs.frozen
class Table:
    """A table, and its columns; rows come in the order of the first one."""

    name: str
    columns: tuple[str, ...]


def _table(name: str, columns: str) -> Table:
    return Table(name, tuple(columns.split()))


TABLES = (
    _table("meta", "name value"),
    _table(
        "user",
        "number id name folded password_hash created_at_ms fact born display_name look name_look key disabled erased"
        " changed banned_until",
    ),
    _table("former_name", "digest at_ms"),
    _table("session", "digest user begun_at_ms used_at_ms label lasts_ms host address rank renewed_at_ms"),
    _table("token", "digest session rank"),
    _table("invitation", "digest label made_at_ms uses used ends_at_ms"),
    _table("message", "number conversation seq sender client_id text sent_at_ms live own"),
    _table("readers", "number readers"),
    _table("asked", "number digest"),
    _table("line", "user conversation risen"),
    _table("reading", "user conversation cursor read version base"),
    _table("run", "user conversation first last"),
    _table("generation", "place id number facts"),
    _table("refusal", "place sender client_id code message field at_ms"),
    _table("job", "name part position"),
)
"""All of them. How often a message was read is a table of its own here, as in PostgreSQL."""


class Source(Protocol):
    """A database as of one moment."""

    def batches(self, table: Table, /) -> AsyncIterator[Sequence[Row]]:
        """Give the rows of a table, some at a time. Raises StorageError."""


class Target(Protocol):
    """A database that nothing is in."""

    async def put(self, table: Table, batches: AsyncIterator[Sequence[Row]], /) -> int:
        """Write the rows of a table; give how many are there then. Raises StorageError."""


async def copy_tables(source: Source, target: Target) -> list[str]:
    """Copy all tables; tell, in one line each, of which of them rows are missing then. Raises StorageError."""
    missing = []
    for table in TABLES:
        given = _Given(source.batches(table))
        written = await target.put(table, given.batches())
        if written != given.count:
            lost = given.count - written
            missing.append(f"{table.name}: {lost} of {given.count} records are there twice, or belong to nothing")
    return missing


class _Given:
    def __init__(self, batches: AsyncIterator[Sequence[Row]]) -> None:
        self._batches = batches
        self.count = 0

    async def batches(self) -> AsyncIterator[Sequence[Row]]:
        async for batch in self._batches:
            self.count += len(batch)
            yield batch

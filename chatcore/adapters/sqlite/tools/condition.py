"""How a database file is, as far as a quick look tells, beside whoever has it open."""

from __future__ import annotations

from pathlib import Path

import attrs

from ..migrations import VERSION, schema_version, steps
from .snapshot import contents, snapshot

_LAST = "select coalesce(max(sent_at_ms), 0) from message where number = (select max(number) from message)"


@attrs.frozen
class Condition:
    """What a quick look has found."""

    holds: str
    "How much is in it, in words."
    schema: int
    newest_schema: int
    "The one that a server of this version brings it to."
    faults: tuple[str, ...]
    "What SQLite finds wrong with its pages; whether the numbers agree is for `faults`."
    last_ms: int
    "When its last message was sent; 0 where there is none."
    log_bytes: int
    "What is written and not yet moved into the file itself."


def condition(path: Path) -> Condition:
    """Look at a database. Raises StorageError where it is none, or is not to be read."""
    with snapshot(path, is_current=False) as connection:
        schema = schema_version(connection.execute(VERSION).fetchone(), path)
        checked = connection.execute("pragma quick_check(10)").fetchall()
        return Condition(
            holds=str(contents(connection)),
            schema=schema,
            newest_schema=len(steps()),
            faults=tuple(" ".join(told.split()) for (told,) in checked if told != "ok"),
            last_ms=connection.execute(_LAST).fetchone()[0],
            log_bytes=_size(path.resolve().with_name(f"{path.resolve().name}-wal")),
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0

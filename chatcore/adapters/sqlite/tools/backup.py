"""Copies of a database, made while it is in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from ..migrations import APPLICATION_ID
from ..place import check_target
from ..trouble import translating
from .new_file import new_file
from .snapshot import Contents, contents, snapshot

STEP_PAGES = 256
"""How many pages are copied between two rests: 1 MiB."""

# sqlite.org/fileformat.html, 1.3: the file's header, how it is journalled (2 is a write-ahead log), whose it is.
_HEADER = Struct(">16s2x2B48xI")
_MAGIC, _ROLLBACK = b"SQLite format 3\0", 1


def no_rest() -> None:
    """Go on at once."""


def back_up(path: Path, to: Path, *, replace: bool = False, rest: Callable[[], None] = no_rest) -> Contents:
    """Copy the database to a file of its own that is whole and on disk when this returns; say what is in it.

    What was committed before the call is in it. `rest` is called again and again, to wait or, by raising, to give up.
    Raises StorageError.
    """
    check_target(path, to)
    with snapshot(path, is_current=False) as source, new_file(to, replace=replace, kind=is_backup) as part:
        copy(source, part, rest)
        return contents(source)


def is_backup(file: BinaryIO) -> bool:
    """Return whether it is a backup of such a database; one that a server has been started on is none any more."""
    header = file.read(_HEADER.size)
    return len(header) == _HEADER.size and _HEADER.unpack(header) == (_MAGIC, _ROLLBACK, _ROLLBACK, APPLICATION_ID)


def copy(source: sqlite3.Connection, to: Path, rest: Callable[[], None] = no_rest) -> None:
    """Copy what a snapshot sees into an empty file."""
    with translating(f"cannot write {to}"), closing(sqlite3.connect(to, isolation_level=None)) as target:
        # Commits of others do not make it start anew: the snapshot's transaction keeps its pages as they are.
        source.backup(target, pages=STEP_PAGES, progress=lambda *_: rest())
        # The copy needs no second file beside it.
        target.execute("pragma journal_mode = delete")

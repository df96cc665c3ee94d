"""Where a database may be, and what is wrong with a place."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import StorageError, StorageFull
from .trouble import translating

OLDEST_SQLITE = (3, 37, 0)
"""The first one with strict tables."""

_SUFFIXES = ("", "-wal", "-shm", "-journal", ".lock", ".sock", ".port")
"""Of the files that are a database, and of those that stand beside it while a server runs."""


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Say of whatever goes wrong that the file cannot be opened."""
    try:
        with translating(f"cannot open the database {path}"):
            yield
    except StorageFull as error:
        msg = f"cannot open the database {path}: the disk is full"
        raise StorageError(msg) from error
    except OSError as error:
        msg = f"cannot open the database {path}: {error.strerror}"
        raise StorageError(msg) from error


def check_place(path: Path) -> None:
    """Check what can be checked before SQLite is asked; raise StorageError."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        msg = f"SQLite {needed} or newer is needed, this Python has {sqlite3.sqlite_version}"
        raise StorageError(msg)
    if "\0" in str(path):
        msg = f"cannot open the database {path}: there is a zero in its name"
        raise StorageError(msg)
    if not path.parent.is_dir():
        msg = f"cannot open the database {path}: there is no directory {path.parent}"
        raise StorageError(msg)
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return
    if not is_file:
        msg = f"cannot open the database {path}: it is not a file"
        raise StorageError(msg)


def open_to_others(path: Path) -> str | None:
    """Say so where others than the owner may read it or write to it."""
    mode = path.stat().st_mode & 0o777
    if os.name == "nt" or not mode & 0o077:
        return None
    return f"the database {path} is open to other users of this machine (mode {mode:o}): chmod 600 closes it"


def check_exists(path: Path) -> None:
    """Check that there is a database to be read; raise StorageError."""
    with opening(path):
        check_place(path)
        is_there = path.exists()
    if not is_there:
        msg = f"there is no database {path}"
        raise StorageError(msg)


def check_target(path: Path, to: Path) -> None:
    """Check that a file to be written is none of a database's own; raise StorageError."""
    if "\0" in str(to):
        msg = f"cannot write {to}: there is a zero in its name"
        raise StorageError(msg)
    target = _real(to.parent) / to.name
    # SQLite keeps the others beside the file that a link leads to.
    for db in (_real(path.parent) / path.name, _real(path)):
        if target in {db.with_name(f"{db.name}{suffix}") for suffix in _SUFFIXES}:
            msg = f"the file {to} is of the database {path} itself"
            raise StorageError(msg)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # `resolve` fails where links lead in a circle

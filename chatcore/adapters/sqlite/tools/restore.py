"""Putting a backup in a database's place: all at once, as a new epoch, with the former database kept."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from ....errors import StorageError
from ..lock import alone
from ..place import check_exists
from ..trouble import translating
from .backup import copy
from .new_file import new_file, second_name
from .snapshot import Contents, contents, snapshot

PATIENCE = 10.0
"""Seconds to wait for readers of the former database."""

# As at the start of a new database. By it clients know that what they hold belongs to another history.
_NEW_EPOCH = "update meta set value = lower(hex(randomblob(16))) where name = 'epoch'"

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR})
_PRIMARY = 0xFF  # of SQLite's error codes: the rest tells details


def restore(path: Path, backup: Path, now: datetime) -> tuple[Contents, Path | None]:
    """Make the database what the backup is; say what is in it, and where the former database is now, if there was one.

    `now` goes into the name of the former one. Raises StorageError, with nothing changed, where a server has the
    database open, where the backup is damaged or of a newer schema, and where there is no room.
    """
    real = Path(os.path.realpath(path))  # a link to the database stays one, and a circle of them is told by `alone`
    with snapshot(backup, is_current=False) as source, alone(path) as hold, new_file(real, replace=True) as part:
        copy(source, part)
        _renew(part, backup)
        if hold.is_new:
            return contents(source), None
        return contents(source), _keep(real, real.with_name(f"{real.name}.until-{now:%Y%m%dT%H%M%SZ}"))


def begin_epoch(path: Path) -> None:
    """Have everybody who holds something of the chat drop it and load it anew.

    Raises StorageError where a server has the database open, and where there is none.
    """
    check_exists(path)  # before the lock, which would make it
    with alone(path), snapshot(path):
        pass  # it is a database of ours
    with alone(path), translating(f"cannot write to the database {path}"), closing(sqlite3.connect(path)) as connection:
        connection.execute(_NEW_EPOCH)
        connection.commit()


def _renew(copied: Path, backup: Path) -> None:
    """Check the copy and begin its new epoch."""
    damaged = f"the backup {backup} is damaged"
    with translating(damaged), closing(sqlite3.connect(copied, isolation_level=None)) as connection:
        ((found, *_), *_) = connection.execute("pragma quick_check(1)")
        if found != "ok":
            msg = f"{damaged}: {found}"
            raise StorageError(msg)
        connection.execute(_NEW_EPOCH)


def _keep(path: Path, former: Path) -> Path:
    """Give the database a second name, and see to it that nothing beside its first name belongs to it any more.

    At each moment a complete database has the first name; only one so damaged that SQLite cannot bring its write-ahead
    log home is parted from that log, which is kept beside the second name.
    """
    log, former_log = (each.with_name(f"{each.name}-wal") for each in (path, former))
    try:
        with _second_name(log, former_log):  # SQLite may remove the log of what it cannot read
            if _brings_home(path):
                former_log.unlink(missing_ok=True)
            second_name(path, former)
    except OSError as error:
        msg = f"cannot keep the former database as {former}: {(error.strerror or str(error)).lower()}"
        raise StorageError(msg) from error
    # SQLite would take a log beside the first name for that of the new file.
    log.unlink(missing_ok=True)
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    return former


@contextmanager
def _second_name(path: Path, other: Path) -> Iterator[None]:
    """Return a file, where there is one, another name, unless the block raises."""
    if path.exists():
        second_name(path, other)
    try:
        yield
    except BaseException:
        other.unlink(missing_ok=True)
        raise


def _brings_home(path: Path) -> bool:
    """Move the write-ahead log into the file; False where the file is too damaged for that."""
    try:
        with (
            translating(f"cannot keep the database {path}"),
            closing(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)) as connection,
        ):
            ((is_busy, *_),) = connection.execute("pragma wal_checkpoint(truncate)")
    except StorageError as error:
        code = getattr(error.__cause__, "sqlite_errorcode", 0) & _PRIMARY
        if code not in _DAMAGE:
            raise
        return False
    if is_busy:
        msg = f"somebody is reading the database {path}"
        raise StorageError(msg)
    return True

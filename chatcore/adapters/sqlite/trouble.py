"""What SQLite's errors mean: no room, somebody else's lock, something that cannot be read, or a doubtful commit."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from ...errors import Busy, ChatError, StorageError, StorageFull, StorageUnavailable

_PRIMARY = 0xFF  # of SQLite's error codes: the rest tells details

# The second one: the file that readers and the writer share could not grow.
_NO_ROOM = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})

_BEFORE_A_COMMIT = frozenset(
    {
        sqlite3.SQLITE_IOERR_READ,
        sqlite3.SQLITE_IOERR_SHORT_READ,
        sqlite3.SQLITE_IOERR_NOMEM,
        sqlite3.SQLITE_IOERR_LOCK,
        sqlite3.SQLITE_IOERR_RDLOCK,
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMMAP,
        sqlite3.SQLITE_IOERR_SHMLOCK,
        sqlite3.SQLITE_IOERR_CORRUPTFS,
    }
)
"""I/O errors after which a commit has not happened. (Should a crash follow at once, the message may be there all the
same, as with one whose answer was lost: a retry is answered with it.)"""

LOCK_HELD = "another program holds the lock for writing to the database"
_PROBE = bytes(64 * 1024)


@contextmanager
def translating(doing: str) -> Iterator[None]:
    """Turn SQLite's errors into ours: StorageFull where there is no room, else StorageError."""
    try:
        yield
    except sqlite3.Error as error:
        code = code_of(error)
        if code in _NO_ROOM:
            raise StorageFull from error
        reason = "it is not a database" if code == sqlite3.SQLITE_NOTADB else error
        msg = f"{doing}: {reason}"
        raise StorageError(msg) from error


def code_of(error: sqlite3.Error) -> int:
    """Return SQLite's extended code, 0 where the error is the driver's own."""
    return getattr(error, "sqlite_errorcode", 0)


def undone(error: sqlite3.Error, path: Path, doing: str) -> ChatError:
    """Say what an error means after which nothing is written, for certain: never a StorageError."""
    code = code_of(error)
    if code in _NO_ROOM or (code == sqlite3.SQLITE_IOERR_WRITE and not _has_room(path)):
        return StorageFull()
    if code & _PRIMARY in _LOCKED:
        return Busy(LOCK_HELD)
    msg = f"cannot {doing} the database {path}: {_said(error)}"
    return StorageUnavailable(msg)


def committing(error: sqlite3.Error, path: Path) -> ChatError:
    """Say what an error of a commit means: StorageError where it is in doubt whether it has happened."""
    told, code = undone(error, path, "write to"), code_of(error)
    is_io = code & _PRIMARY == sqlite3.SQLITE_IOERR
    if isinstance(told, StorageFull) or not is_io or code in _BEFORE_A_COMMIT:
        return told
    msg = (
        f"a commit to the database {path} failed ({_said(error)}), and it is not known whether it is stored. See to "
        "the disk, check the database with chatcore-server fsck, and start the server again: clients send once more "
        "what was not answered"
    )
    return StorageError(msg)


def _has_room(path: Path) -> bool:
    """Whether a file like the database's log may grow: SQLite does not tell why a write failed, but for a full disk.

    A quota may be used up, or the size of files limited.
    """
    try:
        size = path.with_name(f"{path.name}-wal").stat().st_size
        with TemporaryFile(dir=path.parent, buffering=0) as file:
            file.seek(size)
            return file.write(_PROBE) == len(_PROBE)
    except OSError as error:
        return error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def _said(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    return f"{error}, {name}" if name else str(error)

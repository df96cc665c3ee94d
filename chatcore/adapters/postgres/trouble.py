"""What PostgreSQL's errors mean: again, away, no room, too much to do, or something that cannot be had."""

from __future__ import annotations

import asyncpg
from asyncpg.exceptions import InternalClientError

from ...errors import Busy, ChatError, StorageFull, StorageUnavailable

GONE: tuple[type[BaseException], ...] = (
    OSError,  # TimeoutError among them
    EOFError,
    asyncpg.InterfaceError,
    InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # what was the primary is a standby now
)
"""After these the connection is of no use, and it is not known whether a commit has happened."""

AGAIN: tuple[type[BaseException], ...] = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)
"""After these nothing is written, and the same at once may succeed."""

FAILURES: tuple[type[BaseException], ...] = (asyncpg.PostgresError, *GONE)
"""All that may come of a statement."""

AWAY = "the database does not answer"


def undone(error: BaseException, where: str) -> ChatError:
    """Say what an error means after which nothing is written, for certain."""
    if isinstance(error, asyncpg.DiskFullError):
        return StorageFull()
    if isinstance(error, asyncpg.TooManyConnectionsError):
        return Busy(f"{where} has no connection left")
    if isinstance(error, (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)):
        return Busy(f"{where} has taken too long")
    if isinstance(error, (*GONE, *AGAIN)):
        return Busy(AWAY)
    return StorageUnavailable(f"{where} refuses a statement: {said(error)}")


def said(error: BaseException) -> str:
    """Return an error's words in one line, with PostgreSQL's code where it has one."""
    code = getattr(error, "sqlstate", None)
    words = " ".join(str(error).split()) or type(error).__name__
    return f"{words} ({code})" if code else words

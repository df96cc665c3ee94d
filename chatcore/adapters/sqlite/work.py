"""What reads and writes of an open file go through: writes take turns, and every failure becomes what the port says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from ...errors import Busy, ChatError, StorageError, StorageUnavailable, TemporaryError
from ..sql.under_way import UnderWay
from .database import Database
from .trouble import LOCK_HELD

log: logging.Logger = logging.getLogger(__name__)

T = TypeVar("T")


class Work:
    """The work on one file. After a commit of which it is not known whether it has happened, no write is done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = asyncio.Lock()
        self._reads, self._writes = UnderWay(), UnderWay()
        self._failure: str | None = None
        self._trouble: str | None = None
        "Why the last write was refused for now, if it was."
        self._queued = self._locked_out = 0
        "Writes are numbered: those up to the second one queued while another program held the lock."

    def begin(self) -> None:
        """The file has been opened: what failed before is over."""
        self._failure = None

    def fail(self, reason: str) -> StorageError:
        """Refuse all later writes. Returns the error to raise."""
        self._failure = reason
        return StorageError(reason)

    async def finish(self) -> None:
        """Wait for the reads and writes under way."""
        await self._writes.ended()
        await self._reads.ended()

    async def read(self, work: Awaitable[T]) -> T:
        """Read."""
        try:
            with self._reads:
                return await work
        except TemporaryError as error:
            log.error("a request failed: %s", error.message)  # noqa: TRY400 - the message says it all
            raise _for_others(error) from error

    async def write(self, database: Database, work: Callable[[], Awaitable[T]]) -> T:
        """Do it in a task of its own, after the writes before it, whatever becomes of the caller."""
        task = asyncio.create_task(self._in_turn(database, work))
        self._writes.add(task)
        return await asyncio.shield(task)

    async def _in_turn(self, database: Database, work: Callable[[], Awaitable[T]]) -> T:
        self._queued += 1
        number = self._queued
        async with self._turn:
            if self._failure is not None:
                raise StorageError(self._failure)
            if number <= self._locked_out:
                raise Busy(LOCK_HELD)
            before = database.commits
            try:
                done = await work()
            except StorageError as error:
                self._failure = error.message
                raise
            except TemporaryError as error:
                self._refused(error)
                raise _for_others(error) from error
            except ChatError:
                raise
            except Exception as error:
                if database.commits != before:
                    raise self.fail(f"the storage failed after a commit: {error}") from error
                log.exception("a write failed before its commit")
                raise StorageUnavailable from error
            self._accepted()
            return done

    def _refused(self, error: TemporaryError) -> None:
        """Nothing was written. Whoever has waited for another program's lock meanwhile has waited long enough."""
        if isinstance(error, StorageUnavailable):
            log.error("a write failed: %s", error.message)
            return
        if isinstance(error, Busy):
            self._locked_out = self._queued
        if self._trouble != error.message:
            self._trouble = error.message
            log.error("nothing can be written for now: %s", error.message)

    def _accepted(self) -> None:
        if self._trouble is not None:
            self._trouble = None
            log.warning("the database %s can be written to again", self._path)


def _for_others(error: TemporaryError) -> TemporaryError:
    """Return the error without its words, as others need not know where the file is; a lock is told as what it is."""
    return Busy(LOCK_HELD) if isinstance(error, Busy) else type(error)()

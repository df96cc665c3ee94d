"""What reads and writes of an open database go through: writes take turns, and go on when the database is back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from ...errors import Busy, ChatError, StorageError, StorageUnavailable, TemporaryError
from ..sql.under_way import UnderWay
from .database import Database, Gone
from .trouble import AGAIN, AWAY, FAILURES, undone

PATIENCE = 5.0
"""Seconds that somebody waits whose request can be made again; what is posted waits for as long as it takes."""

MOST_TRIES = 20
"""How many times a write is run that others cut off, or that cuts off its connection: it is at fault itself then."""

log: logging.Logger = logging.getLogger(__name__)

T = TypeVar("T")


class Work:
    """The work on one database."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._reads, self._writes = UnderWay(), UnderWay()
        self._is_closing = False

    def begin(self) -> None:
        """The database has been opened."""
        self._is_closing = False

    async def finish(self) -> None:
        """Wait for the writes under way, and a while for the reads; what waits for the database gives up."""
        self._is_closing = True
        await self._writes.ended()
        with suppress(TimeoutError):  # where the network is cut they might take any time
            async with asyncio.timeout(PATIENCE):
                await self._reads.ended()

    async def read(self, work: Awaitable[T]) -> T:
        """Read."""
        try:
            with self._reads:
                return await work
        except TemporaryError as error:
            raise _for_others(error) from error

    async def write(self, database: Database, work: Callable[[], Awaitable[T]], *, is_patient: bool = False) -> T:
        """Do it in a task of its own, after the writes before it, whatever becomes of the caller.

        It is run again where it is not known whether it was stored: so it must be one that can be repeated.
        """
        task = asyncio.create_task(self._in_turn(database, work, is_patient=is_patient))
        self._writes.add(task)
        return await asyncio.shield(task)

    async def _in_turn(self, database: Database, work: Callable[[], Awaitable[T]], *, is_patient: bool) -> T:
        deadline = None if is_patient else asyncio.get_running_loop().time() + PATIENCE
        try:
            async with asyncio.timeout_at(deadline):
                await self._turn.acquire()
        except TimeoutError:
            raise Busy(AWAY) from None
        try:
            return await self._until_done(database, work, deadline)
        except TemporaryError as error:
            raise _for_others(error) from error
        finally:
            self._turn.release()

    async def _until_done(self, database: Database, work: Callable[[], Awaitable[T]], deadline: float | None) -> T:
        tries = 0
        while True:
            try:
                return await work()
            except Gone as error:
                if self._is_closing:
                    msg = "the database went away, and it is not known whether the last commit is stored"
                    raise StorageError(msg) from error
                if deadline is not None and asyncio.get_running_loop().time() >= deadline:
                    raise Busy(AWAY) from error
                tries += not database.is_away
                last: BaseException = error
                await database.until_due()
            except AGAIN as error:
                tries, last = tries + 1, error
            except FAILURES as error:
                raise undone(error, database.address.url) from error
            except ChatError:
                raise
            except Exception as error:
                log.exception("a write failed")
                raise StorageUnavailable from error
            if tries > MOST_TRIES:
                raise undone(last, database.address.url) from last


def _for_others(error: TemporaryError) -> TemporaryError:
    """Return the error without its words, as others need not know where the database is; these go to the log."""
    if not isinstance(error, Busy) or error.message != AWAY:
        log.error("a request failed: %s", error.message)
    return Busy(AWAY) if isinstance(error, Busy) else type(error)()

"""The connections to one PostgreSQL database: one that writes, and a few that only read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from asyncpg.exceptions import InternalClientError

from ...errors import Busy, StorageError
from ..reach import Reach
from ..system import SystemClock, SystemIds
from .address import Address
from .locks import Locks
from .opening import connect, opening, prepare
from .past import BEGIN_EPOCH, HAS, WHERE, Past
from .trouble import AWAY, FAILURES, GONE, said, undone

_CLOSE_S = 5.0

_BACK_S = 5.0
"""Seconds within which those that were at work have come back after PostgreSQL was started again."""

# Where nobody has ever been at work nobody can come back.
_YOUNG = """
select case when exists (select from generation)
  then greatest(0, $1 - extract(epoch from clock_timestamp() - pg_postmaster_start_time())) else 0 end::float8
"""

log: logging.Logger = logging.getLogger(__name__)

# While the database is away the pool tells so itself, with a traceback each time; we say it once, in a line.
logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)

Record = Sequence[Any]


class Gone(Exception):
    """The connection is of no use any more: it is not known whether what was written is stored."""


class Database:
    """An open database. A read that fails raises Busy or StorageUnavailable.

    In a transaction the driver's own errors come, but for Gone: whoever writes decides what becomes of it.
    """

    def __init__(self, address: Address, locks: Locks, past: Past, writer: Any, readers: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        self.address = address
        self.locks = locks
        self._writer = writer
        self._readers = readers
        self._tries: int = readers.get_max_size() + 1
        self._reach = Reach()
        self._clock, self._ids = SystemClock(), SystemIds()
        self.past: Past = past
        self.is_at_work: bool = False
        "Whether it is one of the servers that have begun."
        self._connecting = asyncio.Lock()
        self._returning: asyncio.Task[None] | None = None
        self._ended: StorageError | None = None
        writer.add_termination_listener(self._lost)

    @classmethod
    @asynccontextmanager
    async def open(cls, address: Address, readers: int) -> AsyncIterator[Database]:
        """Connect, and bring the schema to the newest one; raise StorageError with what is wrong."""
        with opening(address):
            writer = await connect(address)
        try:
            with opening(address):
                locks = await prepare(writer, address)
                past = Past.of(await writer.fetchrow(WHERE))
                pool = await asyncpg.create_pool(
                    address.url,
                    min_size=readers,
                    max_size=readers,
                    connect=lambda *_, **__: connect(address),
                    reset=_leave_as_it_is,
                    max_inactive_connection_lifetime=0,
                )
            database = cls(address, locks, past, writer, pool)
            try:
                yield database
            finally:
                database.is_at_work = False
                if database._returning is not None:
                    database._returning.cancel()
                writer = database._writer
                await _close_pool(pool)
        finally:
            writer.terminate()

    @property
    def is_away(self) -> bool:
        """Whether it does not answer."""
        return self._reach.is_away

    async def read(self, sql: str, *parameters: object) -> list[Record]:
        """Run one statement that reads: it sees one moment, after every commit that has returned."""
        for left in reversed(range(self._tries)):
            self._check()
            if self._reach.wait(self._clock.monotonic()):
                raise Busy(AWAY)
            connection = None
            try:
                async with self._readers.acquire() as connection:
                    found: list[Record] = await connection.fetch(sql, *parameters)
                self._answered()
                return found
            except FAILURES as error:
                if connection is None:  # there is none to be had, for whatever reason
                    self._failed(error)
                    raise Busy(AWAY) from error
                # Those that were cut while nobody used them are replaced at once.
                if not left or not _is_gone(error):
                    raise undone(error, self.address.url) from error
        raise Busy(AWAY)

    @asynccontextmanager
    async def transaction(self, locks: Iterable[int] = ()) -> AsyncIterator[Transaction]:
        """Make the statements of a block one transaction, which is on disk when the block is left.

        The locks are taken first, in the order in which they are given. Raises Gone where it is not known whether it
        is stored, and the driver's own errors where it is not.
        """
        writer = await self._connected()
        taken = "".join(f"; select pg_advisory_xact_lock({number})" for number in locks)
        try:
            try:
                await writer.execute(f"begin{taken}")
                yield Transaction(writer)
                await writer.execute("commit")
            except BaseException as error:
                if _is_gone(error) or writer.is_closed():
                    raise
                await writer.execute("rollback")
                raise
        except FAILURES as error:
            if not _is_gone(error) and not writer.is_closed():
                raise
            writer.terminate()
            raise Gone from error
        except asyncio.CancelledError:
            writer.terminate()
            raise

    async def until_due(self) -> None:
        """Wait until another try to reach it is due."""
        await self._clock.sleep(self._reach.wait(self._clock.monotonic()))

    @asynccontextmanager
    async def starting(self) -> AsyncIterator[bool]:
        """Be one of the servers at work when the block is left; give whether there was no other."""
        writer = await self._connected()
        start, work = self.locks.start, self.locks.work
        try:
            await writer.execute(f"select pg_advisory_lock({start})")
            is_alone = await self._is_alone(writer)
            yield is_alone
            await writer.execute(f"select pg_advisory_lock_shared({work})")
            if is_alone:
                await writer.execute(f"select pg_advisory_unlock({work})")
            await writer.execute(f"select pg_advisory_unlock({start})")
        except BaseException as error:
            writer.terminate()  # and with it go the locks
            if isinstance(error, FAILURES):
                raise Gone from error
            raise
        self.is_at_work = True

    async def _is_alone(self, writer: Any) -> bool:  # noqa: ANN401
        """Return whether no other server is at work; if so, the lock of those at work is this one's.

        After PostgreSQL was started again it waits for those that are about to come back.
        """
        while True:
            if not await writer.fetchval(f"select pg_try_advisory_lock({self.locks.work})"):
                return False
            if not (left := await writer.fetchval(_YOUNG, _BACK_S)):
                return True
            await writer.execute(f"select pg_advisory_unlock({self.locks.work})")
            await self._clock.sleep(left)

    def _lost(self, _: object) -> None:
        """Come back at once, not only at the next write: who starts meanwhile would believe to be alone."""
        if self.is_at_work:
            self._returning = asyncio.get_running_loop().create_task(self._return())

    async def _return(self) -> None:
        while self.is_at_work:
            await self.until_due()
            try:
                await self._connected()
            except Gone:
                continue
            except StorageError as error:
                self._ended = error  # for whoever asks next: who serves looks for news, though nobody writes
            return

    def _check(self) -> None:
        if self._ended is not None:
            raise self._ended

    async def _connected(self) -> Any:  # noqa: ANN401
        async with self._connecting:
            self._check()
            return self._writer if not self._writer.is_closed() else await self._reconnected()

    async def _reconnected(self) -> Any:  # noqa: ANN401
        try:
            writer = await connect(self.address)
            try:
                await self._compare(writer)
            except BaseException:
                writer.terminate()
                raise
            self._writer = writer
            writer.add_termination_listener(self._lost)
            if self.is_at_work:
                await writer.execute(f"select pg_advisory_lock_shared({self.locks.work})")
        except FAILURES as error:
            self._failed(error)
            raise Gone from error
        self._answered()
        return writer

    async def _compare(self, writer: Any) -> None:  # noqa: ANN401
        """Look whether the database has come back with all that it had; raise StorageError where it may not have.

        Then an epoch begins in which clients load everything anew, and who serves them has to begin with it.
        """
        now = Past.of(await writer.fetchrow(WHERE))
        now.newest = newest = self.past.newest
        has_newest = newest is None or await writer.fetchval(HAS, *newest)
        if not has_newest or self.past.may_lack(now) or now.epoch != self.past.epoch:
            await writer.execute(BEGIN_EPOCH, self.past.epoch)
            writer.terminate()
            raise self.other_epoch()
        self.past = now

    def other_epoch(self) -> StorageError:
        """Return the error that another epoch has begun than this server's, by which nothing of it is done any more."""
        msg = (
            f"{self.address.url} has come back, and may lack what was committed last: a standby or an older copy "
            "has taken its place. A new epoch has begun, in which clients load the chat anew: start it again"
        )
        self._ended = StorageError(msg)
        return self._ended

    def _failed(self, error: BaseException) -> None:
        if not self._reach.is_away:
            log.error("cannot reach %s, and everything waits for it: %s", self.address.url, said(error))
        self._reach.failed(self._clock.monotonic(), self._ids.fraction())

    def _answered(self) -> None:
        if self._reach.reached():
            log.warning("%s answers again", self.address.url)


class Transaction:
    """The statements of one transaction. They see what it has written, and what was committed before each began."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401
        self._connection = connection

    async def run(self, sql: str, *parameters: object) -> list[Record]:
        """Run one."""
        found: list[Record] = await self._connection.fetch(sql, *parameters)
        return found


def _is_gone(error: BaseException) -> bool:
    # A value that the driver cannot send is an InterfaceError, too: nobody has been asked anything then.
    is_about_a_value = isinstance(error, ValueError)
    return isinstance(error, (*GONE, InternalClientError)) and not is_about_a_value


async def _leave_as_it_is(_connection: object) -> None:
    """Nothing of ours stays behind on a connection that reads; the driver would ask the database each time."""


async def _close_pool(pool: Any) -> None:  # noqa: ANN401
    try:
        async with asyncio.timeout(_CLOSE_S):
            await pool.close()
    except FAILURES:  # TimeoutError among them
        pool.terminate()

"""A bus that rings through PostgreSQL itself, with LISTEN and NOTIFY: several servers need no further part."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from ...errors import BadFrame
from ...ports.bus import BusListener, Hint
from ...tasks import outlast
from ..local_bus import LocalBus
from ..reach import Reach
from ..system import SystemClock, SystemIds
from .address import Address
from .opening import connect, opening
from .parts import Joining, split
from .trouble import FAILURES, said

MOST_WAITING = 10_000
"""Parts that wait to be passed on, at most; what is more is lost."""

_CHANNEL = "select 'chatcore_' || oid from pg_namespace where nspname = current_schema()"
_NOTIFY = """
select pg_notify($1, part) from unnest($2::text[]) with ordinality parts (part, place) order by place
"""

log: logging.Logger = logging.getLogger(__name__)


class PostgresBus:
    """Joins the servers whose storages are in one schema of a database; open while in its `async with`.

    It has a connection of its own, so that what it passes on takes no part in a commit: a notification holds a lock of
    the whole database at that moment. While the database is away, hints are lost.
    """

    def __init__(self, url: str, *, password: str | None = None) -> None:
        """Raises StorageError where `url` is no address of a database, or has the password in it."""
        self.address: Address = Address(url, password)
        self._here = LocalBus()
        self._clock, self._ids = SystemClock(), SystemIds()
        self._connection: Any = None
        self._channel = ""
        self._number = 0
        self._waiting: list[str] = []
        self._has_some = asyncio.Event()
        self._joining: dict[int, Joining] = {}
        "By the process of the database that speaks for a publisher."
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Connect; raise StorageError with what is wrong."""
        with opening(self.address):
            await self._connect()
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        task, self._task = self._task, None
        try:
            if task is not None:
                task.cancel()
                await outlast(task)
        finally:
            if self._connection is not None:
                self._connection.terminate()

    def publish(self, hints: Sequence[Hint], publisher: object) -> None:
        self._here.publish(hints, publisher)
        self._number += 1
        parts = split(hints, self._number)
        if len(self._waiting) + len(parts) <= MOST_WAITING:
            self._waiting += parts
            self._has_some.set()

    def subscribe(self, subscriber: object, listener: BusListener) -> Callable[[], None]:
        return self._here.subscribe(subscriber, listener)

    async def _connect(self) -> None:
        connection = await connect(self.address)
        try:
            self._channel = await connection.fetchval(_CHANNEL)
            await connection.add_listener(self._channel, self._heard)
        except BaseException:
            connection.terminate()
            raise
        self._connection, self._joining = connection, {}
        connection.add_termination_listener(lambda _: self._has_some.set())  # be back before there is something to say

    async def _run(self) -> None:
        reach = Reach()
        while True:
            await self._has_some.wait()
            self._has_some.clear()
            parts, self._waiting = self._waiting, []
            try:
                if self._connection.is_closed():
                    await self._connect()
                    if reach.reached():
                        log.warning("the bus through %s works again", self.address.url)
                    self._here.publish((), None)
                await self._connection.fetch(_NOTIFY, self._channel, parts)
            except FAILURES as error:
                self._connection.terminate()
                if not reach.is_away:
                    log.error("the bus through %s is cut: %s", self.address.url, said(error))  # noqa: TRY400 - the message says it all
                reach.failed(self._clock.monotonic(), self._ids.fraction())
                await self._clock.sleep(reach.wait(self._clock.monotonic()))
                self._waiting.clear()  # nobody waits for old hints
                self._has_some.set()

    def _heard(self, connection: Any, process: int, _channel: str, part: object) -> None:  # noqa: ANN401 - asyncpg has no types
        if process == connection.get_server_pid():
            return  # who is here has been told
        try:
            hints = self._joining.setdefault(process, Joining()).add(str(part))
        except BadFrame as error:
            log.warning("a hint through %s is not one of ours: %s", self.address.url, error.message)
            return
        if hints:
            self._here.publish(hints, None)

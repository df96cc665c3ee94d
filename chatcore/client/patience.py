"""How long a client waits: for its connection, so that a question is asked again, and for what is to become true."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from ..errors import Phrase, SlowDown, Unreachable
from ..ports.clock import Clock
from .session import ClientSession
from .upkeep import Upkeep

T = TypeVar("T")

PAUSE = 1.0
"""Seconds before what was refused for now is asked again."""

PATIENCE = 10.0
"""Seconds that a program waits for the connection, where it says nothing else."""


class Patience:
    """Waits for a client. All of it raises Closed where the client is left meanwhile, LoggedOut where the session ends.

    `seconds`
        How long a question waits for the connection; 0 is not at all.
    """

    def __init__(self, session: ClientSession, upkeep: Upkeep, clock: Clock, seconds: float) -> None:
        self._session, self._upkeep, self._clock, self._seconds = session, upkeep, clock, seconds

    async def ask(self, question: Callable[[], Awaitable[T]], seconds: float | None = None) -> T:
        """Ask, and again where the connection breaks before the answer came. Raises Unreachable when it stays away.

        Where the server says when it may be asked again, it is asked then.

        `seconds`: from when the connection was first away; the client's own where None.
        """
        left = self._seconds if seconds is None else seconds
        until: float | None = None
        while True:
            try:
                return await question()
            except SlowDown as slow:
                await self.pause(PAUSE if slow.wait is None else slow.wait)
            except Unreachable:
                now = self._clock.monotonic()
                until = now + left if until is None else until
                if until <= now or not await self._comes_back(until - now):
                    raise

    async def until(self, check: Callable[[], T], seconds: float | None = None) -> T:
        """Return what `check` returns, once that is true. Raises TimeoutError after so many seconds; None is for ever.

        It is asked at once, and after all that happens to the client.
        """
        async with self._clock.timeout(seconds):
            while not (found := check()):
                await self._turn()
            return found

    async def pause(self, seconds: float = PAUSE) -> None:
        """Return after a moment, in which what could not be done for now may have become possible."""
        with suppress(TimeoutError):
            await self.until(lambda: False, seconds)

    async def complete(self) -> None:
        """Return when the list and the directory are complete. Raises Unreachable where they are not in time."""
        try:
            await self.until(lambda: self._upkeep.replica.complete, self._seconds)
        except TimeoutError:
            raise Unreachable(Phrase("no connection to the server")) from None

    async def _comes_back(self, seconds: float) -> bool:
        connector = self._upkeep.connector
        try:
            async with self._clock.timeout(None if math.isinf(seconds) else seconds):
                if connector.is_online:  # the server has said its last word, and nobody has noticed yet
                    await self._turn()
                await self.until(lambda: connector.is_online)
        except TimeoutError:
            return False
        return True

    async def _turn(self) -> None:
        self._session.check_alive()
        await self._upkeep.turns.next()

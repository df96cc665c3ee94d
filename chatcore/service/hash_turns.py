"""Whose password is hashed next: each hash takes a core for tens of milliseconds, and nobody is to have them all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ..domain.fair_queue import FairQueue
from ..errors import Busy

AT_ONCE = 4
"""Passwords in the hands of the hasher: those under work, and the next ones, so that no thread of it waits."""


class HashTurns:
    """Lets a few in at a time, in a fair order."""

    def __init__(self, most: int, at_once: int = AT_ONCE) -> None:
        self._waiting: FairQueue[asyncio.Future[None]] = FairQueue(most)
        self._free = at_once

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self, address: str, account: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it within the block. Raises Busy where too many wait."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(address, account)
        try:
            yield
        finally:
            self._next()

    async def _wait(self, address: str, account: str) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        goes = self._waiting.push(turn, address, account)
        if goes is not None and not goes.done():
            goes.set_exception(Busy("too many people are logging in at this moment"))
        try:
            await turn
        except asyncio.CancelledError:
            self._waiting.remove(turn)
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._next()  # it had a turn already, and leaves it to the next one
            raise

    def _next(self) -> None:
        while (turn := self._waiting.pop()) is not None:
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

"""Who waits until something has happened to a client: a frame was dealt with, or the connection has changed."""

from __future__ import annotations

import asyncio


class Turns:
    """Those who wait. Each looks by itself whether what has happened is what it waits for."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    async def next(self) -> None:
        """Return when something has happened."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(turn)
        try:
            await turn
        finally:
            self._waiting.discard(turn)

    def end(self) -> None:
        """Something has happened."""
        for turn in self._waiting:
            if not turn.done():
                turn.set_result(None)

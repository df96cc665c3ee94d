"""The clock port: the time of day, a monotonic time, and waiting, so that a test can run on a clock of its own."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits for it."""

    def now_ms(self) -> int:
        """Return the time of day in ms since 1970 UTC. It may step."""

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""

    async def sleep(self, seconds: float) -> None:
        """Return after this many seconds of `monotonic`. May be cancelled."""

    def timeout(self, seconds: float | None) -> AbstractAsyncContextManager[object]:
        """Return a block that is cancelled after this many seconds and then raises TimeoutError; None is for ever."""

"""A clock that is moved by hand."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count

import attrs

START_MS = 1_700_000_000_000


@attrs.define(order=False, eq=False)
class _Timer:
    ring: Callable[[], object]
    is_cancelled: bool = False


class VirtualClock:
    """Time stands still until `advance` moves it to the next timer; what waits for that then goes on."""

    def __init__(self, start_ms: int = START_MS) -> None:
        self._start_ms = start_ms
        self._now = 0.0
        self._timers: list[tuple[float, int, _Timer]] = []
        self._number = count()
        self._armed = asyncio.Event()
        self.activity: int = 0
        "Raised by each timer that is set or rings."

    def now_ms(self) -> int:
        """Return the time of day in ms since 1970 UTC."""
        return self._start_ms + round(self._now * 1000)

    def step(self, ms: int) -> None:
        """Let the time of day jump; the monotonic time does not."""
        self._start_ms += ms

    def monotonic(self) -> float:
        """Return the seconds since the clock was made."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Return when the clock was moved this far."""
        rung = asyncio.get_running_loop().create_future()
        timer = self._set(seconds, lambda: None if rung.done() else rung.set_result(None))
        try:
            await rung
        finally:
            timer.is_cancelled = True

    def timeout(self, seconds: float | None) -> AbstractAsyncContextManager[object]:
        """Return a block that ends with TimeoutError when the clock was moved this far."""
        return self._timeout(seconds)

    def advance(self) -> bool:
        """Move to the next timer and let it ring; False where there is none."""
        while self._timers:
            if self._ring_next():
                return True
        return False

    def elapse(self, seconds: float) -> None:
        """Let this many seconds pass; timers that are due on the way ring."""
        until = self._now + seconds
        while self._timers and self._timers[0][0] <= until:
            self._ring_next()
        self._now = until

    async def armed(self) -> None:
        """Return when a timer is set."""
        self._armed.clear()
        await self._armed.wait()

    @asynccontextmanager
    async def _timeout(self, seconds: float | None) -> AsyncIterator[object]:
        async with asyncio.timeout(None) as scope:
            if seconds is None:
                yield scope
                return
            loop = asyncio.get_running_loop()
            timer = self._set(seconds, lambda: scope.reschedule(loop.time()))
            try:
                yield scope
            finally:
                timer.is_cancelled = True

    def _ring_next(self) -> bool:
        at, _, timer = heapq.heappop(self._timers)
        if timer.is_cancelled:
            return False
        self._now = max(self._now, at)
        self.activity += 1
        timer.ring()
        return True

    def _set(self, seconds: float, ring: Callable[[], object]) -> _Timer:
        timer = _Timer(ring)
        self.activity += 1
        self._armed.set()
        heapq.heappush(self._timers, (self._now + max(0.0, seconds), next(self._number), timer))
        return timer

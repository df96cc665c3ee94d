"""Two ends of a connection in one process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from ..ports.clock import Clock
from ..ports.transport import LinkDown, OutFrame

Serve = Callable[["MemoryLink"], Awaitable[None]]


class MemoryLink:
    """One end of a pair. Frames are in flight until the other end receives them, and are lost when the pair is cut."""

    def __init__(
        self,
        on_activity: Callable[[], None] = lambda: None,
        clock: Clock | None = None,
        latency: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.on_activity = on_activity
        self.address = ""
        "Of the peer: there is no network, but a test may say that there is."
        self.peer: MemoryLink = self
        self._clock, self._latency = clock, latency
        self._arrived: deque[tuple[float, bytes]] = deque()
        "Frames and when each may be received."
        self._stirred = asyncio.Event()
        self._down: LinkDown | None = None
        self._has_vanished = False
        self.is_stalled = False
        "While true, this end receives nothing: what is sent to it piles up."

    async def receive(self) -> bytes:
        """Wait for the next frame."""
        while True:
            if self._arrived and not self.is_stalled:
                await self._travel(self._arrived[0][0])
                if self._arrived:
                    return self._arrived.popleft()[1]
            if self._down is not None:
                raise LinkDown(clean=self._down.clean, reason=self._down.reason)
            self._stirred.clear()
            await self._stirred.wait()

    def write(self, frames: Sequence[OutFrame]) -> None:
        """Put frames into flight."""
        if self._down is None and self.peer._down is None:
            due = self._now() + self._latency()
            self.peer._arrived.extend((due, frame.data) for frame in frames)
            self.on_activity()
            self.peer._stirred.set()

    def backlog(self) -> int:
        """Return the bytes that the other end has not received."""
        return sum(len(data) for _, data in self.peer._arrived)

    async def close(self, reason: str = "", *, restarting: bool = False) -> None:
        """End the link; what was written before still arrives."""
        if self._has_vanished:
            return
        self._end(LinkDown(clean=True, reason=reason))
        self._arrived.clear()
        self.peer._end(LinkDown(clean=True, reason="restarting" if restarting else reason))

    def abort(self) -> None:
        """Drop the link: what is in flight in either direction is lost."""
        for end in (self,) if self._has_vanished else (self, self.peer):
            end._arrived.clear()
            end._end(LinkDown(clean=False))

    def vanish(self) -> None:
        """Let this end break now, while the other end does not notice: what this end sent still arrives there."""
        self._has_vanished = True
        self._arrived.clear()
        self._end(LinkDown(clean=False))

    def wake(self) -> None:
        """Look again whether something can be received (after `is_stalled` changed)."""
        self._stirred.set()

    def _now(self) -> float:
        return self._clock.monotonic() if self._clock else 0.0

    async def _travel(self, due: float) -> None:
        # A frame never overtakes an earlier one: only the first is waited for.
        if self._clock and due > self._now():
            await self._clock.sleep(due - self._now())

    def _end(self, down: LinkDown) -> None:
        self._down = self._down or down
        self._stirred.set()
        self.on_activity()


def link_pair(
    on_activity: Callable[[], None] = lambda: None,
    clock: Clock | None = None,
    latency: Callable[[], float] = lambda: 0.0,
) -> tuple[MemoryLink, MemoryLink]:
    """Make two ends that are joined. A frame takes `latency()` seconds of the clock, where there is one."""
    one, other = MemoryLink(on_activity, clock, latency), MemoryLink(on_activity, clock, latency)
    one.peer, other.peer = other, one
    return one, other

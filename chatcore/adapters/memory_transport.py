"""Links inside one process, with the means to delay and to cut them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from ..errors import Unreachable
from ..ports.transport import LinkDown, OutFrame

Serve = Callable[["MemoryLink"], Awaitable[None]]


class MemoryLink:
    """One end of a pair. Frames are in flight until the other end receives them, and are lost when the pair is cut."""

    def __init__(self, on_activity: Callable[[], None] = lambda: None) -> None:
        self.on_activity = on_activity
        self.peer: MemoryLink = self
        self._arrived: deque[bytes] = deque()
        self._stirred = asyncio.Event()
        self._down: LinkDown | None = None
        self.is_stalled = False
        "While true, this end receives nothing: what is sent to it piles up."

    async def receive(self) -> bytes:
        """Wait for the next frame."""
        while True:
            if self._arrived and not self.is_stalled:
                return self._arrived.popleft()
            if self._down is not None:
                raise LinkDown(clean=self._down.clean, reason=self._down.reason)
            self._stirred.clear()
            await self._stirred.wait()

    def write(self, frames: Sequence[OutFrame]) -> None:
        """Put frames into flight."""
        if self._down is None and self.peer._down is None:
            self.peer._arrived.extend(frame.data for frame in frames)
            self.on_activity()
            self.peer._stirred.set()

    def backlog(self) -> int:
        """Give the bytes that the other end has not received."""
        return sum(map(len, self.peer._arrived))

    async def close(self, reason: str = "", *, restarting: bool = False) -> None:
        """End the link; what was written before still arrives."""
        self._end(LinkDown(clean=True, reason=reason))
        self._arrived.clear()
        self.peer._end(LinkDown(clean=True, reason="restarting" if restarting else reason))

    def abort(self) -> None:
        """Drop the link: what is in flight in either direction is lost."""
        for end in (self, self.peer):
            end._arrived.clear()
            end._end(LinkDown(clean=False))

    def wake(self) -> None:
        """Look again whether something can be received (after `is_stalled` changed)."""
        self._stirred.set()

    def _end(self, down: LinkDown) -> None:
        self._down = self._down or down
        self._stirred.set()
        self.on_activity()


def link_pair(on_activity: Callable[[], None] = lambda: None) -> tuple[MemoryLink, MemoryLink]:
    """Make two ends that are joined."""
    one, other = MemoryLink(on_activity), MemoryLink(on_activity)
    one.peer, other.peer = other, one
    return one, other


class MemoryNetwork:
    """Dials a host in the same process."""

    def __init__(self) -> None:
        self._serve: Serve | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.links: list[tuple[MemoryLink, MemoryLink]] = []
        "The pairs that were dialled and whose host end has not ended: the client's end first."
        self.activity = 0
        "Raised by each frame and each end of a link."

    def listen(self, serve: Serve | None) -> None:
        """Hand new links to `serve`; None refuses them."""
        self._serve = serve

    async def dial(self, url: str) -> MemoryLink:
        """Open a link."""
        if self._serve is None:
            msg = f"nothing listens on {url}"
            raise Unreachable(msg)
        pair = link_pair(self._stir)
        self.links.append(pair)
        task = asyncio.ensure_future(self._serve(pair[1]))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, pair))
        return pair[0]

    async def close(self) -> None:
        """Drop all links and wait for those who serve them."""
        self._serve = None
        for pair in list(self.links):
            pair[0].abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _stir(self) -> None:
        self.activity += 1

    def _ended(self, task: object, pair: tuple[MemoryLink, MemoryLink]) -> None:
        self._tasks.discard(task)
        self.links.remove(pair)

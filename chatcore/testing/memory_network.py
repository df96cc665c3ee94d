"""A network in one process that can be cut, slowed down and brought back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..adapters.memory_link import MemoryLink, Serve, link_pair
from ..errors import Unreachable
from ..ports.clock import Clock


class MemoryNetwork:
    """Dials a host in the same process."""

    def __init__(self, clock: Clock | None = None, latency: Callable[[], float] = lambda: 0.0) -> None:
        self._clock, self._latency = clock, latency
        self._serve: Serve | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.links: list[tuple[MemoryLink, MemoryLink]] = []
        "The pairs that were dialled and whose host end has not ended: the client's end first."
        self.activity: int = 0
        "Raised by each frame and each end of a link."

    def listen(self, serve: Serve | None) -> None:
        """Hand new links to `serve`; None refuses them."""
        self._serve = serve

    @property
    def is_open(self) -> bool:
        """Whether links can be opened."""
        return self._serve is not None

    async def dial(self, url: str) -> MemoryLink:
        """Open a link."""
        if self._serve is None:
            msg = f"nothing listens on {url}"
            raise Unreachable(msg)
        pair = link_pair(self._stir, self._clock, self._latency)
        self.links.append(pair)
        task = asyncio.ensure_future(self._serve(pair[1]))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, pair))
        return pair[0]

    async def close(self) -> None:
        """Drop all links and wait for those who serve them."""
        self._serve = None
        for pair in list(self.links):
            for end in pair:  # one that has vanished does not take the other with it
                end.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _stir(self) -> None:
        self.activity += 1

    def _ended(self, task: object, pair: tuple[MemoryLink, MemoryLink]) -> None:
        self._tasks.discard(task)
        self.links.remove(pair)

"""The notes that sessions are used: gathered, since after a restart thousands come back at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import cache

from ...errors import TemporaryError

Use = tuple[int, str]
"""When a session was used, in ms, and from which address, which may be empty."""

Take = Callable[[], Mapping[str, Use]]
"""Gives the uses by digest: all that have come until it is first called, and the same when called again."""


class Uses:
    """Takes note of when each session was used; those that come meanwhile share the next transaction."""

    def __init__(self, write: Callable[[Take], Awaitable[None]]) -> None:
        """`write` writes when its turn comes, whatever becomes of the caller; only then it takes what there is."""
        self._write = write
        self._uses: dict[str, Use] = {}
        self._noting: asyncio.Task[None] | None = None

    async def note(self, digest: str, now_ms: int, address: str = "") -> None:
        """Return when it is noted, or cannot be: without room for a note one can still read."""
        at_ms, place = self._uses.get(digest, (now_ms, ""))
        self._uses[digest] = max(now_ms, at_ms), address or place
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._note())
        with suppress(TemporaryError):
            await asyncio.shield(self._noting)

    async def _note(self) -> None:
        await self._write(cache(self._take))

    def _take(self) -> Mapping[str, Use]:
        uses, self._uses, self._noting = self._uses, {}, None
        return uses

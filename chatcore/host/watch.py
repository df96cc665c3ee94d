"""Checks now and then that the database is still where it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import attrs

from ..ports.clock import Clock
from ..tasks import first_of


class Fallible(Protocol):
    """What is served."""

    async def failure(self) -> None:
        """Wait for ever, or raise StorageError when the storage has failed."""


PAUSE = 2.0
"""Seconds between two looks."""


@attrs.frozen
class Watched:
    """A host that fails, too, when its database is no longer in its place."""

    host: Fallible
    check: Callable[[], None]
    "Raises StorageError then. It may wait for the disk, and is called in a thread."
    clock: Clock

    async def failure(self) -> None:
        """See Fallible."""
        await first_of(self.host.failure(), self._look())

    async def _look(self) -> None:
        while True:
            await self.clock.sleep(PAUSE)
            await asyncio.to_thread(self.check)

"""Checks now and then that the database is still where it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import attrs

from chatcore.ports.clock import Clock

from .server import Chat

PAUSE = 2.0
"""Seconds between two looks."""


@attrs.frozen
class Watched:
    """A chat that fails, too, when its database is no longer in its place."""

    chat: Chat
    check: Callable[[], None]
    "Raises StorageError then. It may wait for the disk, and is called in a thread."
    clock: Clock

    async def drain(self) -> None:
        """See Chat."""
        await self.chat.drain()

    async def failure(self) -> None:
        """See Chat."""
        failing = asyncio.ensure_future(self.chat.failure())
        try:
            while not failing.done():
                pause = asyncio.ensure_future(self.clock.sleep(PAUSE))
                await asyncio.wait((failing, pause), return_when=asyncio.FIRST_COMPLETED)
                pause.cancel()
                await asyncio.to_thread(self.check)
            failing.result()
        finally:
            failing.cancel()

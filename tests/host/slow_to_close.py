"""A link whose other end takes long to close."""

from __future__ import annotations

import asyncio

from chatcore.adapters.memory_link import MemoryLink


class SlowToClose(MemoryLink):
    """A link whose close takes until the test allows it, as with a peer that is dead without a word."""

    def __init__(self) -> None:
        super().__init__()
        self.may_close = asyncio.Event()

    async def close(self, reason: str = "", *, restarting: bool = False) -> None:
        await self.may_close.wait()
        await super().close(reason, restarting=restarting)

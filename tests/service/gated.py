"""A storage whose writes a test holds back, lets fail, and counts."""

import asyncio
from collections.abc import Sequence

from chatcore.adapters.memory import MemoryStorage
from chatcore.ports.storage import Change, Outcome


class GatedStorage(MemoryStorage):
    """Writes messages and marks while the gate is open; fails with `error` where there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None
        self.batches: list[int] = []
        "How many changes each commit had."

    async def append(self, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.batches.append(len(changes))
        return await super().append(changes, now_ms)

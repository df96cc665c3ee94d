"""Storages whose writes or reads a test holds back."""

import asyncio
from collections.abc import Sequence

from chatcore import User, UserId
from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.generations import Point
from chatcore.domain.sessions import Ages
from chatcore.ports.commits import Change, Outcome
from chatcore.ports.storage import Overview


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


class LateStorage(MemoryStorage):
    """Reads at once, and tells what it read when the gate of that read opens: old news by then."""

    def __init__(self) -> None:
        super().__init__()
        self.overviews, self.sessions, self.people = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.overviews.set()
        self.sessions.set()
        self.people.set()

    async def overview(self, user: UserId, limit: int, told: Point | None = None) -> Overview:
        seen = await super().overview(user, limit, told)
        await self.overviews.wait()
        return seen

    async def user(self, user: UserId) -> User | None:
        found = await super().user(user)
        await self.people.wait()
        return found

    async def session(self, digest: str, ages: Ages, address: str = "") -> User | None:
        user = await super().session(digest, ages, address)
        await self.sessions.wait()
        return user

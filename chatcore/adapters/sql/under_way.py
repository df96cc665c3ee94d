"""Reads and writes under way: whoever closes a database waits for them."""

from __future__ import annotations

import asyncio
from typing import Any, Self


class UnderWay:
    """What is under way: tasks, and `with` blocks. Nothing may begin any more when its end is waited for."""

    def __init__(self) -> None:
        self._all: set[asyncio.Future[Any]] = set()
        self._blocks = 0
        self._is_left = asyncio.Event()
        self._is_left.set()

    def add(self, task: asyncio.Task[Any]) -> None:
        """Have this task waited for."""
        self._all.add(task)
        task.add_done_callback(self._all.discard)

    def __enter__(self) -> Self:
        """Have this block waited for."""
        self._blocks += 1
        self._is_left.clear()
        return self

    def __exit__(self, *_: object) -> None:
        """It is left."""
        self._blocks -= 1
        if not self._blocks:
            self._is_left.set()

    async def ended(self) -> None:
        """Wait until all has ended."""
        await self._is_left.wait()
        while self._all:
            await asyncio.wait(self._all)

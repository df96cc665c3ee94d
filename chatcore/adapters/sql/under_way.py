"""Reads and writes under way: whoever closes a database waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class UnderWay:
    """What is under way. Nothing may begin any more when its end is waited for."""

    def __init__(self) -> None:
        self._all: set[asyncio.Future[Any]] = set()

    def add(self, task: asyncio.Task[Any]) -> None:
        """Have this task waited for."""
        self._all.add(task)
        task.add_done_callback(self._all.discard)

    @contextmanager
    def block(self) -> Iterator[None]:
        """Have this block waited for."""
        left: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._all.add(left)
        try:
            yield
        finally:
            self._all.discard(left)
            left.set_result(None)

    async def ended(self) -> None:
        """Wait until all has ended."""
        while self._all:
            await asyncio.wait(self._all)

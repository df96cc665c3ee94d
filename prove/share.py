"""A share of the load in a process of its own: it does what it is told, step by step, and says when it has."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

WORKERS = max(2, os.cpu_count() or 1)

T = TypeVar("T")


class Shares:
    """All shares; each step ends when every share has taken it."""

    def __init__(self, connections: Sequence[Connection]) -> None:
        self._connections = connections

    async def step(self) -> list[Any]:
        """Let every share take its next step; give what each says."""
        for connection in self._connections:
            connection.send(None)
        return await asyncio.gather(*(asyncio.to_thread(connection.recv) for connection in self._connections))


@asynccontextmanager
async def shares(work: Callable[[T], AsyncIterator[object]], tasks: Sequence[T]) -> AsyncIterator[Shares]:
    """Start a process for each task; they end with the block. `work` does a step each time it is asked for its word."""
    context = get_context("spawn")
    pipes = [context.Pipe() for _ in tasks]
    processes = [
        context.Process(target=_work, args=(far, work, task), daemon=True)
        for (_, far), task in zip(pipes, tasks, strict=True)
    ]
    for process, (_, far) in zip(processes, pipes, strict=True):
        process.start()
        far.close()  # so that the end of the process is seen
    try:
        yield Shares([near for near, _ in pipes])
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _work(pipe: Connection, work: Callable[[T], AsyncIterator[object]], task: T) -> None:
    asyncio.run(_steps(pipe, work(task)))


async def _steps(pipe: Connection, words: AsyncIterator[object]) -> None:
    await asyncio.to_thread(pipe.recv)
    async for word in words:
        pipe.send(word)
        await asyncio.to_thread(pipe.recv)

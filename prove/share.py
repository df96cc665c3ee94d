"""A share of a large crowd, in a process of its own: it does what it is told, step by step, and says when it has."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Any

import attrs

from chatcore.adapters.system import SystemIds

from .crowd import Crowd, until

WORKERS = max(2, os.cpu_count() or 1)


@attrs.frozen
class Task:
    """What one share is."""

    url: str
    db: Path
    names: Sequence[str]
    devices: int
    witnesses: int
    patience: float
    "Seconds within which all have to be back."
    seed: int


@attrs.frozen
class Verdict:
    """What came of one share."""

    clients: int
    back: float
    "When the last client was back, in the seconds of the machine's monotonic clock."
    acked: int
    faults: Sequence[str]


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
async def shares(tasks: Sequence[Task]) -> AsyncIterator[Shares]:
    """Start a process for each task; they end with the block."""
    context = get_context("spawn")
    pipes = [context.Pipe() for _ in tasks]
    processes = [
        context.Process(target=_work, args=(far, task), daemon=True)
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


def _work(pipe: Connection, task: Task) -> None:
    asyncio.run(_steps(pipe, task))


async def _steps(pipe: Connection, task: Task) -> None:
    """Come; write while there is no server; come back; be judged."""
    async with Crowd(task.url, task.seed, ids=SystemIds(), is_alone=False) as crowd:

        async def told(said: object = None) -> None:
            pipe.send(said)
            await asyncio.to_thread(pipe.recv)

        await asyncio.to_thread(pipe.recv)
        await crowd.join(task.names, devices=task.devices, witnesses=task.witnesses)
        await told()
        for member in crowd.members:
            crowd.post_soon(member, crowd.conversation(member, to_one=0.98))
        await told()
        late = await _late(crowd, task.patience)
        back = monotonic()
        await told()
        pipe.send(Verdict(len(crowd.members), back, crowd.acked, [*late, *await crowd.faults(task.db)]))
        await asyncio.to_thread(pipe.recv)


async def _late(crowd: Crowd, patience: float) -> list[str]:
    """Wait until all are back; tell how many are not."""
    try:
        await until(lambda: all(member.is_level for member in crowd.members), patience)
    except TimeoutError:
        late = sum(not member.is_level for member in crowd.members)
        return [f"{late} clients were not back after {patience} s"]
    return []

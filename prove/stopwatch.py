"""Times the answers of a server under load in a process of its own, beside the least that the machine takes for one.

The crowd that makes the load cannot: its hundreds of clients share one event loop, and wait for each other, and for the
garbage collection of all that they have written down, many times as long as for the server.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic

import attrs

from chatcore.domain.conversations import direct

from .crowd import Crowd

RATE = 50
"""Answers that are timed in a second: too few to be a load."""

NAMES = ("timed0", "timed1")

Waits = Sequence[tuple[float, float]]
"""When each ended, in the seconds of the machine's monotonic clock, and how many seconds it took."""


@attrs.frozen
class Task:
    """What is timed."""

    url: str
    db: Path
    seconds: float


@attrs.frozen
class Times:
    """What was timed."""

    answers: Waits
    syncs: Waits
    "What each answer waits for at least: that a process is woken, and that a page is on the disk."


async def time_answers(task: Task) -> AsyncIterator[Times | Sequence[str] | None]:
    """Come; give the times; give the faults."""
    async with Crowd(task.url, is_alone=False) as crowd:
        await crowd.join(NAMES)
        yield None
        writer, reader = crowd.members
        conversation = direct(writer.client.me.id, reader.client.me.id)
        syncs: list[tuple[float, float]] = []
        gc.disable()  # its own books grow too
        with TemporaryFile(dir=task.db.parent, buffering=0) as file:
            begun = monotonic()
            async with asyncio.TaskGroup() as group:
                for number in range(round(task.seconds * RATE)):
                    due = begun + number / RATE
                    await asyncio.sleep(due - monotonic())
                    crowd.post_soon(writer, conversation)
                    group.create_task(_sync(file.fileno(), due, syncs))
        gc.enable()
        await crowd.rest()
        yield Times(crowd.waits, syncs)
        yield await crowd.faults(task.db)


async def _sync(file: int, due: float, syncs: list[tuple[float, float]]) -> None:
    await asyncio.to_thread(_write, file)
    syncs.append((monotonic(), monotonic() - due))


def _write(file: int) -> None:
    os.pwrite(file, bytes(4096), 0)
    os.fdatasync(file)

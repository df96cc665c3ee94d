"""Says in the log what keeps a start waiting, every few seconds: who waits for it could take it for dead."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs

from ..system import SystemClock

EVERY_S = 3.0
"""Seconds between two lines; what takes less is not told of."""

log: logging.Logger = logging.getLogger(__name__)


@attrs.define
class Progress:
    """How far it has come."""

    done: int = 0
    of: str = ""
    "What is counted; empty where nothing is."


@asynccontextmanager
async def told(what: str, of: str = "") -> AsyncIterator[Progress]:
    """Tell of the block for as long as it takes; it counts in what it is given."""
    clock, progress = SystemClock(), Progress(of=of)
    begun = clock.monotonic()
    telling = asyncio.create_task(_tell(what, clock, progress))
    try:
        yield progress
    finally:
        telling.cancel()
    took = clock.monotonic() - begun
    if took >= EVERY_S:
        log.info("%s: done after %.0f s", what, took)


async def _tell(what: str, clock: SystemClock, progress: Progress) -> None:
    begun = clock.monotonic()
    while True:
        await clock.sleep(EVERY_S)
        so_far = f"{progress.done} {progress.of}, " if progress.of else ""
        log.info("%s: %s%.0f s so far", what, so_far, clock.monotonic() - begun)

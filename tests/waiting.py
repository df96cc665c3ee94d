"""Waiting in tests that run on the real clock, for what comes from a thread, a socket or a process."""

import asyncio
from collections.abc import Callable

from chatcore.adapters.system import SystemClock


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Return when the condition holds; TimeoutError after so many seconds."""
    clock = SystemClock()
    async with asyncio.timeout(seconds):
        while not condition():
            await clock.sleep(0.01)

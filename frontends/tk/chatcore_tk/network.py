"""The thread in which asyncio runs, so that neither the window nor the network ever waits for the other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from threading import Event, Thread

log = logging.getLogger(__name__)

STOP_TIME = 3.0
"""Seconds that connections may take to close."""


class Network:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._is_up = Event()
        self._thread = Thread(target=self._run, name="network", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()
        self._is_up.wait()

    def stop(self) -> bool:
        """Cancel what runs and end the thread; tell whether it ended in time."""
        self.call(self._stopped.set)
        self._thread.join(STOP_TIME)
        return not self._thread.is_alive()

    def call(self, function: Callable[[], object]) -> None:
        """Have a function called in the loop's thread."""
        self._loop.call_soon_threadsafe(function)

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Have a coroutine run as a task. Only in the loop's thread."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("work in the network's thread has failed", exc_info=task.exception())

    def _run(self) -> None:
        asyncio.run(self._until_stopped())  # cancels what still runs, and waits for it

    async def _until_stopped(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self._is_up.set()
        await self._stopped.wait()

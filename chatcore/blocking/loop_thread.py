"""An event loop in a thread of its own, and calls into it from other threads, which wait for the answer."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import TypeVar

from ..errors import Closed

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds that the thread may take to end; something in it that does not end is left to the end of the process."""


class LoopThread:
    """Runs while it is started, and never keeps a program from ending.

    `_lock`
        Held while something is handed over and while the end begins: nothing is handed over after the end.
    """

    def __init__(self, name: str) -> None:
        self._name, self._pid = name, 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_over = False

    @property
    def is_elsewhere(self) -> bool:
        """Whether it runs in another process, of which this one is a fork: here is no such thread."""
        return self._pid not in {0, os.getpid()}

    def start(self) -> None:
        """Run from now on. Raises RuntimeError where it has been started before."""
        if self._thread is not None:
            raise RuntimeError("this client is open already, or was: one `with` is for one client")
        ready: Future[asyncio.AbstractEventLoop] = Future()
        self._pid = os.getpid()
        # A daemon: a program that ends without leaving its client does not wait for it.
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), name=self._name, daemon=True)
        self._thread.start()
        self._loop = ready.result()

    def stop(self) -> None:
        """End. Who waits for an answer is told Closed."""
        if self.is_elsewhere or self._thread is None or self._loop is None:
            return
        with self._lock:
            if not self._is_over:
                self._is_over = True
                self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE)

    def wait_for(self, make: Callable[[], Coroutine[object, object, T]]) -> T:
        """Return what a coroutine returns, which is made and run in the thread; raise what it raises.

        Interrupted (Ctrl+C), it cancels the coroutine. Raises RuntimeError within the thread itself: it would wait for
        itself, for ever.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError(
                "an observer, or a check, cannot wait for an answer: everything waits for it. Use another thread"
            )
        answer = self._hand_over(make)
        try:
            return answer.result()
        except CancelledError:
            raise Closed from None
        except BaseException:
            answer.cancel()
            raise

    def do(self, act: Callable[[], T]) -> T:
        """Return what a function returns, which is called in the thread; raise what it raises."""
        if threading.current_thread() is self._thread:
            return act()

        async def call() -> T:
            return act()

        return self.wait_for(call)

    def _hand_over(self, make: Callable[[], Coroutine[object, object, T]]) -> Future[T]:
        if self.is_elsewhere:
            raise RuntimeError("this client belongs to the process that this one is a fork of: connect anew here")
        with self._lock:
            if self._is_over:
                raise Closed("this client is closed: make another one")
            if self._loop is None:
                raise RuntimeError("this client is not open yet: use it within `with chatcore.blocking.connect(…)`")
            return asyncio.run_coroutine_threadsafe(_made(make), self._loop)

    async def _run(self, ready: Future[asyncio.AbstractEventLoop]) -> None:
        self._over = asyncio.Event()
        ready.set_result(asyncio.get_running_loop())
        await self._over.wait()


async def _made(make: Callable[[], Coroutine[object, object, T]]) -> T:
    return await make()

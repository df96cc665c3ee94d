"""Passwords hashed with argon2id in a small thread pool of their own."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Self, TypeVar

import attrs
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from ..errors import Busy

T = TypeVar("T")


@attrs.frozen
class Cost:
    """How much work one hash is."""

    memory_kib: int
    passes: int


NORMAL = Cost(memory_kib=19 * 1024, passes=2)
"""For real passwords: what OWASP's password storage cheat sheet asks for at least."""

LOW = Cost(memory_kib=8, passes=1)
"""For tests and demonstrations only: the least that argon2 allows."""


MOST_THREADS = 2
"""Threads that hash at the same time, each with the memory of a hash."""


def threads_beside(cores: int) -> int:
    """Return how many of a machine's cores may hash, so that one is left where there are several."""
    return min(MOST_THREADS, max(1, cores - 1))


STEPS_BACK = 5
"""By how much a hashing thread is nicer than the others: it gives way to messages, with a third of their weight where
both want one core. Much nicer ones would keep honest log-ins waiting on a machine that others keep busy."""


def _step_back() -> None:
    """Let the thread that runs this give way to the others of the process, where the system knows threads apart."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + STEPS_BACK)


class Argon2Hasher:
    """An argon2id hasher (`async with`) with `threads` threads and at most `limit` passwords in them or waiting.

    Unless `threads` says so, one core is left to everything else, and the threads give way to all others: a flood of
    log-ins would make each message late.
    """

    def __init__(self, cost: Cost = NORMAL, *, threads: int | None = None, limit: int = 64) -> None:
        self._argon2 = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(threads or threads_beside(os.cpu_count() or 1), "argon2", _step_back)
        self._limit = limit
        self._waiting = 0
        self._nobodys_hash = ""

    async def __aenter__(self) -> Self:
        try:
            self._nobodys_hash = await self.hash("nobody's password")
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        return await self._run(lambda: self._argon2.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        # Somebody who does not exist costs the same work, so that the time of the answer does not tell.
        is_right = await self._run(lambda: self._is_right(password_hash or self._nobodys_hash, password))
        return is_right and password_hash is not None

    def is_weak(self, password_hash: str) -> bool:
        try:
            made = extract_parameters(password_hash)
        except InvalidHashError:
            return False  # no password leads in by it
        cost = self._argon2
        return made.memory_cost * made.time_cost < cost.memory_cost * cost.time_cost

    def _is_right(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._limit:
            msg = "too many people are logging in at this moment"
            raise Busy(msg)
        self._waiting += 1
        try:
            # When the caller is cancelled, work that has not begun yet is dropped.
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

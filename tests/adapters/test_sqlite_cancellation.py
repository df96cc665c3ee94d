"""Opening and closing the SQLite file are cancelled at every moment: no lock, no thread and no connection stays."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest

from chatcore.adapters.sqlite import SqliteStorage
from tests.turns import turns

Run = Callable[[Callable[[], Awaitable[object]], int], Awaitable[bool]]


async def once(work: Callable[[], Awaitable[object]], count: int) -> bool:
    task = asyncio.ensure_future(work())
    await turns(count)
    task.cancel()
    await asyncio.wait([task])
    return task.cancelled()


async def in_a_scope_of_anyio(work: Callable[[], Awaitable[object]], count: int) -> bool:
    scope, is_done = anyio.CancelScope(), False

    async def scoped() -> None:
        nonlocal is_done
        with scope:
            await work()
            is_done = True

    task = asyncio.ensure_future(scoped())
    await turns(count)
    scope.cancel()
    await asyncio.wait([task])
    return not is_done


WAYS = pytest.mark.parametrize("run", [once, in_a_scope_of_anyio])
MOMENTS = [0, 1, 2, 3, 5, 8, 20, 100, 1000]
"""Turns of the loop; how far a thread has come by then is chance."""


def assert_no_more_than(threads: set[threading.Thread]) -> None:
    """The threads of connections that were closed are ending, those of others wait for ever."""
    for thread in set(threading.enumerate()) - threads:
        thread.join(20)
        assert not thread.is_alive()


@WAYS
async def test_a_start_that_is_cancelled_leaves_the_file_free(tmp_path: Path, run: Run) -> None:
    path, threads = tmp_path / "chat.db", set(threading.enumerate())
    for count in MOMENTS:
        storage = SqliteStorage(path)

        was_cancelled = await run(storage.open, count)

        if was_cancelled:
            assert_no_more_than(threads)
        await storage.close()
        async with SqliteStorage(path) as other:  # which it could not while the lock is held
            assert not await other.users(0, 10)


@WAYS
async def test_a_stop_that_is_cancelled_leaves_the_file_free(tmp_path: Path, run: Run) -> None:
    path, threads = tmp_path / "chat.db", set(threading.enumerate())
    for count in MOMENTS:
        storage = SqliteStorage(path)
        await storage.open()
        writing = asyncio.ensure_future(storage.end_session("nobody's"))
        await turns(1)

        await run(storage.close, count)

        if count > 0:
            assert_no_more_than(threads)
            assert writing.done()
        await storage.close()
        await writing
        async with SqliteStorage(path) as other:
            assert not await other.users(0, 10)

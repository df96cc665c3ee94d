"""Opening and closing the SQLite file are cancelled at every moment: no lock, no thread and no connection stays."""

import asyncio
import threading
from pathlib import Path

import pytest

from chatcore.adapters.sqlite import SqliteStorage
from tests.cancelling import Cancel, in_a_scope_of_anyio, once
from tests.turns import turns

WAYS = pytest.mark.parametrize("cancel", [once, in_a_scope_of_anyio])
MOMENTS = [0, 1, 2, 3, 5, 8, 20, 100, 1000]
"""Turns of the loop; how far a thread has come by then is chance."""


def assert_no_more_than(threads: set[threading.Thread]) -> None:
    """The threads of connections that were closed are ending, those of others wait for ever."""
    for thread in set(threading.enumerate()) - threads:
        thread.join(20)
        assert not thread.is_alive()


@WAYS
async def test_a_start_that_is_cancelled_leaves_the_file_free(tmp_path: Path, cancel: Cancel) -> None:
    path, threads = tmp_path / "chat.db", set(threading.enumerate())
    for count in MOMENTS:
        storage = SqliteStorage(path)

        was_cancelled = await cancel(storage.open, count)

        if was_cancelled:
            assert_no_more_than(threads)
        await storage.close()
        async with SqliteStorage(path) as other:  # which it could not while the lock is held
            assert not await other.users(0, 10)


@WAYS
async def test_a_stop_that_is_cancelled_leaves_the_file_free(tmp_path: Path, cancel: Cancel) -> None:
    path, threads = tmp_path / "chat.db", set(threading.enumerate())
    for count in MOMENTS:
        storage = SqliteStorage(path)
        await storage.open()
        writing = asyncio.ensure_future(storage.end_session("nobody's"))
        await turns(1)

        await cancel(storage.close, count)

        if count > 0:
            assert_no_more_than(threads)
            assert writing.done()
        await storage.close()
        await writing
        async with SqliteStorage(path) as other:
            assert not await other.users(0, 10)

"""An event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from chatcore import Closed
from chatcore.blocking.loop_thread import LoopThread


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    thread = LoopThread("of a test")
    thread.start()
    yield thread
    thread.stop()


async def _double(number: int) -> int:
    return 2 * number


async def _here() -> str:
    return threading.current_thread().name


def test_what_is_awaited_and_what_is_called_runs_there(thread: LoopThread) -> None:
    assert thread.wait_for(lambda: _double(4)) == 8
    assert thread.wait_for(_here) == "of a test"
    assert thread.do(lambda: threading.current_thread().name) == "of a test"


def test_what_is_raised_there_is_raised_here(thread: LoopThread) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        thread.wait_for(fail)
    with pytest.raises(ZeroDivisionError):
        thread.do(lambda: 1 // 0)


def test_within_the_thread_something_can_be_done_and_nothing_waited_for(thread: LoopThread) -> None:
    assert thread.do(lambda: thread.do(lambda: 5)) == 5
    with pytest.raises(RuntimeError, match="cannot wait for an answer"):
        thread.do(lambda: thread.wait_for(lambda: _double(1)))


def test_who_waits_when_it_ends_is_told_closed_and_so_is_who_comes_later(thread: LoopThread) -> None:
    waits, told = threading.Event(), []

    async def for_ever() -> None:
        waits.set()
        await asyncio.Event().wait()

    def wait() -> None:
        with pytest.raises(Closed):
            thread.wait_for(for_ever)
        told.append(True)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert waits.wait(30)
    thread.stop()
    waiting.join(30)

    assert told == [True]
    with pytest.raises(Closed):
        thread.wait_for(for_ever)
    thread.stop()


def test_it_is_started_once_and_before_that_there_is_nothing_to_stop() -> None:
    thread = LoopThread("of a test")
    thread.stop()
    with pytest.raises(RuntimeError, match="not open yet"):
        thread.do(lambda: 5)

    thread.start()

    with pytest.raises(RuntimeError, match="one `with` is for one client"):
        thread.start()
    thread.stop()

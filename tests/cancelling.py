"""Ways to cancel what is awaited, after so many turns of the loop; each tells whether it was still running then."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

import anyio
import pytest

from tests.turns import turns

T = TypeVar("T")
Work = Callable[[], Awaitable[object]]
Cancel = Callable[[Work, int], Coroutine[object, object, bool]]


async def once(work: Work, count: int) -> bool:
    """Cancel as `Task.cancel` and `asyncio.timeout` do."""
    task = asyncio.ensure_future(work())
    await turns(count)
    was_running = task.cancel()
    await _ended(task)
    return was_running


async def twice(work: Work, count: int) -> bool:
    """Cancel as somebody does who has no patience: what it tidies up is cancelled, too."""
    task = asyncio.ensure_future(work())
    await turns(count)
    was_running = task.cancel()
    await turns(1)
    task.cancel()
    await _ended(task)
    return was_running


async def in_a_scope_of_anyio(work: Work, count: int) -> bool:
    """Cancel as trio does: again at each turn, until the scope is left."""
    scope, is_done = anyio.CancelScope(), False

    async def scoped() -> None:
        nonlocal is_done
        with scope:
            await work()
            is_done = True

    task = asyncio.ensure_future(scoped())
    await turns(count)
    scope.cancel()
    await _ended(task)
    return not is_done  # what was about to go on is let go on by anyio


WAYS = pytest.mark.parametrize("cancel", [once, twice, in_a_scope_of_anyio])


async def _ended(task: "asyncio.Future[T]") -> None:
    """Wait until it has ended; raise what it failed with."""
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()

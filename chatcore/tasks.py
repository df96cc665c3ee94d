"""Tasks that are waited for to their end, whatever is cancelled meanwhile, however often."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def outlast(*tasks: asyncio.Task[Any]) -> None:
    """Wait until the tasks have ended. Cancelled meanwhile, wait all the same, and raise CancelledError then."""
    cancelled: asyncio.CancelledError | None = None
    while pending := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(pending)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Do something that must not be left half done. Cancelled meanwhile, raise CancelledError when it is done."""
    task = asyncio.create_task(work)
    try:
        await outlast(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            task.exception()  # seen: the cancellation is what is told
        raise
    return task.result()


async def first_of(*works: Coroutine[Any, Any, object]) -> None:
    """Do several things at once until one has ended; the others are cancelled, and ended when this returns.

    Raises what one of them has raised.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await outlast(*tasks)
    for task in tasks:
        if not task.cancelled():
            task.result()

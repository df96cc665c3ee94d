"""What a path leads to, and what has to stand at one while a program runs: names are taken away, and lead elsewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

from .system import SystemClock

log: logging.Logger = logging.getLogger(__name__)

Identity = tuple[int, int]
"""Device and number of a file: what it is, whatever its names are."""

LOOKS = 2.0
"""Seconds between two looks whether it still stands there."""


def identity(path: Path) -> Identity | None:
    """Tell what a path leads to, None where there is nothing. Raises OSError where that cannot be told."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


@asynccontextmanager
async def standing(path: Path, listen: Callable[[], AbstractAsyncContextManager[object]]) -> AsyncIterator[None]:
    """Listen at a path while in the block, and anew where somebody has taken away what stood there.

    `listen` makes what stands at the path. Raises what it raises the first time; later the log says it once, and it is
    tried again until it succeeds.
    """
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(listen())
        looking = asyncio.create_task(_look(path, identity(path), listen, stack))
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.wait([looking])


async def _look(
    path: Path, made: Identity | None, listen: Callable[[], AbstractAsyncContextManager[object]], stack: AsyncExitStack
) -> None:
    clock, said = SystemClock(), ""
    while True:
        await clock.sleep(LOOKS)
        if made is not None and _may_be(path, made):
            continue
        try:
            await stack.aclose()
            made = None
            await stack.enter_async_context(listen())
            made = identity(path)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and tried again
            if str(error) != said:
                said = str(error)
                log.warning("%s was taken away, and nobody can come by it: %s", path, error)
        else:
            said = ""
            log.warning("%s was taken away: there is a new one", path)


def _may_be(path: Path, made: Identity) -> bool:
    """Whether it is there for all we know."""
    try:
        return identity(path) == made
    except OSError:
        return True

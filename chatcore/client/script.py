"""Running a client as a whole program, in an event loop of its own, until it is done or somebody presses Ctrl+C."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

C = TypeVar("C", bound=AbstractAsyncContextManager[object])
T = TypeVar("T")


def run(client: C, main: Callable[[C], Coroutine[object, object, T]]) -> T | None:
    """Return what `main` returns, None where it was interrupted."""
    if _is_within_a_loop():
        raise RuntimeError(
            "a loop runs here already: `async with client:` and `await main(client)` do the same within it"
        )

    async def program() -> T:
        async with client:
            return await main(client)

    try:
        with asyncio.Runner() as runner:  # asyncio's own handler of SIGINT cancels the program
            return runner.run(program())
    except KeyboardInterrupt:
        return None


def _is_within_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True

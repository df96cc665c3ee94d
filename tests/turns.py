"""Turns of the event loop, for tests in which no time passes."""

import asyncio


async def turns(number: int = 10) -> None:
    """Let everything that can go on go on, so many steps."""
    for _ in range(number):
        await asyncio.sleep(0)  # noqa: TID251 - a turn of the loop, no time

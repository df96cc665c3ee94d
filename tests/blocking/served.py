"""A chat over the network, in a thread of its own: for tests that have no event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import chatcore
import chatcore_server

PASSWORD = "correct horse battery"


@contextmanager
def served() -> Iterator[str]:
    """Give the URL of an empty chat."""
    ready: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        over = asyncio.Event()
        async with chatcore.Chat(":memory:", password_cost="low") as chat, chatcore_server.serve(chat, port=0) as door:
            ready.set_result((door.url, asyncio.get_running_loop(), over))
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    url, loop, over = ready.result(30)
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(30)

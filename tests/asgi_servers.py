"""Real ASGI servers in the test's own loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import hypercorn.asyncio
import uvicorn

from chatcore.asgi import App
from tests.waiting import until

UVICORNS = ("uvicorn websockets-sansio", "uvicorn wsproto")
SERVERS = (*UVICORNS, "hypercorn")


@asynccontextmanager
async def serving(app: App, server: str, *, lifespan: bool = False) -> AsyncIterator[str]:
    """Have an application served on a free port of this machine; give the WebSocket's address."""
    name, _, kind = server.partition(" ")
    async with _hypercorn(app) if name == "hypercorn" else _uvicorn(app, kind, lifespan=lifespan) as port:
        yield f"ws://127.0.0.1:{port}"


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the tests' loop: put back in another of its runs they would be those of the former."""
        yield


@asynccontextmanager
async def _uvicorn(app: App, kind: str, *, lifespan: bool) -> AsyncIterator[int]:
    config = uvicorn.Config(
        app,
        port=0,
        ws=kind,
        lifespan="on" if lifespan else "off",
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started or running.done())
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def _hypercorn(app: App) -> AsyncIterator[int]:
    ended = asyncio.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    config = hypercorn.Config()
    port = listener.getsockname()[1]
    config.bind = [f"fd://{listener.detach()}"]
    config.loglevel = "WARNING"
    config.graceful_timeout = 1.0
    running = asyncio.create_task(hypercorn.asyncio.serve(app, config, shutdown_trigger=ended.wait))  # type: ignore[arg-type]
    try:
        yield port
    finally:
        ended.set()
        await running

"""A listener for tests: they take its links as they come; and a client made by hand."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from ssl import SSLContext

import attrs

from chatcore.adapters.websocket import Page, ServerLink, WebSocketListener
from chatcore.ports.transport import Link


@attrs.define
class Door:
    """A listener whose links a test takes as they come."""

    url: str = ""
    _arrived: asyncio.Queue[ServerLink] = attrs.Factory(asyncio.Queue)
    _ended: asyncio.Event = attrs.Factory(asyncio.Event)

    async def serve_link(self, arrived: Link) -> None:
        assert isinstance(arrived, ServerLink)
        self._arrived.put_nowait(arrived)
        await self._ended.wait()

    async def next_link(self) -> ServerLink:
        return await self._arrived.get()

    def close(self) -> None:
        self._ended.set()


@asynccontextmanager
async def open_door(
    *, origins: Iterable[str] = (), tls: SSLContext | None = None, pages: Mapping[str, Page] | None = None
) -> AsyncIterator[Door]:
    door = Door()
    async with WebSocketListener(door.serve_link, "127.0.0.1", 0, origins=origins, tls=tls, pages=pages) as listening:
        door.url = listening.url
        try:
            yield door
        finally:
            door.close()


@asynccontextmanager
async def raw_peer(url: str) -> AsyncIterator[asyncio.StreamWriter]:
    """A client made by hand, that reads nothing after the handshake."""
    port = int(url.rpartition(":")[2])
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=1024)
    writer.write(
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    try:
        yield writer
    finally:
        writer.transport.abort()

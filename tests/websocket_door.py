"""A listener for tests: they take its links as they come; and a client made by hand."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from ssl import SSLContext
from typing import Self

from chatcore.adapters.websocket import Page, ServerLink, WebSocketListener
from chatcore.domain.addresses import Network
from chatcore.ports.transport import Link


class Door:
    """A listener whose links a test takes as they come."""

    def __init__(
        self,
        *,
        origins: Iterable[str] = (),
        tls: SSLContext | None = None,
        pages: Mapping[str, Page] | None = None,
        proxies: Sequence[Network] = (),
    ) -> None:
        self.listener = WebSocketListener(
            self._serve_link, "127.0.0.1", 0, origins=origins, tls=tls, pages=pages, proxies=proxies
        )
        self._arrived: asyncio.Queue[ServerLink] = asyncio.Queue()
        self._is_closed = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.listener.__aenter__()
        self.url = self.listener.url
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._is_closed.set()
        await self.listener.__aexit__(*exc)

    async def next_link(self) -> ServerLink:
        return await self._arrived.get()

    async def _serve_link(self, arrived: Link) -> None:
        assert isinstance(arrived, ServerLink)
        self._arrived.put_nowait(arrived)
        await self._is_closed.wait()


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

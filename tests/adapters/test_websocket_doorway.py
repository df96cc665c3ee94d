"""The doorway: sockets are counted from their first moment on, and some descriptors are kept back."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network
from typing import Self, cast

import pytest
from websockets.asyncio.server import ServerConnection

from chatcore.adapters.websocket import WebSocketListener
from chatcore.adapters.websocket.doorway import KEPT_BACK, Doorway
from chatcore.domain.addresses import Network
from chatcore.domain.strangers import PER_ADDRESS
from chatcore.ports.transport import Link
from tests.waiting import until

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Room:
    """A listener on a process that may have so many descriptors, and connections made by hand."""

    def __init__(self, files: int) -> None:
        self.listener = WebSocketListener(self._serve, "127.0.0.1", 0, files=files)
        self.served = 0
        self._is_over = asyncio.Event()
        self.writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        await self.listener.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        self._is_over.set()
        for writer in self.writers:
            writer.transport.abort()
        await self.listener.__aexit__(*error)

    async def come(self, say: bytes = b"") -> asyncio.StreamReader:
        """Open a connection and say something."""
        port = int(self.listener.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        self.writers.append(writer)  # one that nobody holds closes by itself
        writer.write(say)
        return reader

    async def _serve(self, _: Link) -> None:
        self.served += 1
        await self._is_over.wait()


async def end_of(reader: asyncio.StreamReader) -> bytes:
    """Return what came until the connection was dropped."""
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionResetError:
        return b""


async def test_who_says_nothing_makes_room_for_who_does() -> None:
    async with Room(KEPT_BACK + 3) as room:
        silent = [await room.come() for _ in range(3)]
        await until(lambda: len(room.listener._doorway) == 3)

        honest = await room.come(HANDSHAKE)

        assert (await honest.readline()).startswith(b"HTTP/1.1 101")
        assert await end_of(silent[0]) == b""
        assert not silent[1].at_eof()
        assert room.served == 1


async def test_those_who_are_served_are_not_thrown_out_and_the_next_one_is_not_let_in() -> None:
    async with Room(KEPT_BACK + 2) as room:
        served = [await room.come(HANDSHAKE) for _ in range(2)]
        await until(lambda: room.served == 2)

        assert await end_of(await room.come(HANDSHAKE)) == b""

        assert [(await reader.readline()).startswith(b"HTTP/1.1 101") for reader in served] == [True, True]
        assert len(room.listener._doorway) == 2


async def test_those_who_leave_make_room() -> None:
    async with Room(KEPT_BACK + 2) as room:
        for _ in range(5):
            await room.come()
            await until(lambda: len(room.listener._doorway) == 1)
            room.writers[-1].transport.abort()
            await until(lambda: len(room.listener._doorway) == 0)


class Came:
    """As much of a connection as a doorway sees."""

    def __init__(self) -> None:
        self.transport = self
        self.is_dropped = False

    def abort(self) -> None:
        self.is_dropped = True


@pytest.mark.parametrize(("proxies", "dropped"), [((), 10), ((ip_network("192.0.2.0/24"),), 0)])
def test_those_behind_a_trusted_proxy_are_not_counted_as_one(proxies: tuple[Network, ...], dropped: int) -> None:
    doorway = Doorway(10_000, proxies)
    strangers = [Came() for _ in range(PER_ADDRESS + 10)]

    for each in strangers:
        doorway.came(cast("ServerConnection", each), "192.0.2.7")

    assert sum(each.is_dropped for each in strangers) == dropped

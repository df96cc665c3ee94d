"""One connection of the load: bytes out, and a look for a few tokens in the bytes that come."""

from __future__ import annotations

import asyncio
import re
import socket
from typing import Protocol, Self, cast

from .websocket import CLOSE, PONG, TEXT, first_frame, masked, request

_PING = b"\x89\x04"  # as `websockets` pings, with four bytes; no text of a benchmark has these
_UPGRADED = b"HTTP/1.1 101"
_HEAD_END = b"\r\n\r\n"


class Ear(Protocol):
    """Who is told of the tokens."""

    def answered(self, request: int) -> None:
        """A request has its answer: that of message n is request n + 1."""

    def heard(self, peer: Peer, number: int) -> None:
        """A message has come to this connection."""

    def refused(self, what: bytes) -> None:
        """The server says that something is wrong."""


class Peer(asyncio.Protocol):
    """A WebSocket. At first whole frames are read, one by one; once it listens, only tokens are looked for.

    `tokens` finds one of three groups: the number of a request that is answered, the number of a message, a refusal.
    """

    def __init__(self, tokens: re.Pattern[bytes]) -> None:
        self._tokens = tokens
        self._rest = b""
        self._came = asyncio.Event()
        self._ear: Ear | None = None
        self._is_lost = False
        self.seen = bytearray()
        "How often each message has come, by its number."
        self.transport: asyncio.Transport

    @classmethod
    async def connect(cls, port: int, tokens: re.Pattern[bytes], path: str = "/") -> Self:
        """Open a WebSocket to this machine."""
        _, peer = await asyncio.get_running_loop().create_connection(lambda: cls(tokens), "127.0.0.1", port)
        peer.transport.write(request(port, path))
        while _HEAD_END not in peer._rest:
            await peer._more()
        head, _, peer._rest = peer._rest.partition(_HEAD_END)
        assert head.startswith(_UPGRADED), head
        return peer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is of no such class
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, _: Exception | None) -> None:
        """It has ended."""
        self._is_lost = True
        self._came.set()

    def send(self, payload: bytes) -> None:
        """Send a message."""
        self.transport.write(masked(payload))

    async def frame(self) -> bytes:
        """Return the next message, whole."""
        while (found := first_frame(self._rest)) is None:
            await self._more()
        opcode, payload, end = found
        self._rest = self._rest[end:]
        return payload if opcode == TEXT else await self.frame()

    def frames(self) -> list[bytes]:
        """Return the whole messages that have come."""
        messages = []
        while (found := first_frame(self._rest)) is not None:
            opcode, payload, end = found
            self._rest = self._rest[end:]
            if opcode == TEXT:
                messages.append(payload)
        return messages

    async def close(self) -> None:
        """Say goodbye; return when the server has ended the connection."""
        self.transport.write(masked((1000).to_bytes(2), CLOSE))
        while not self._is_lost:
            self._came.clear()
            await self._came.wait()

    def listen(self, ear: Ear) -> None:
        """Look for tokens from now on."""
        self._ear = ear
        self.seen = bytearray()
        rest, self._rest = self._rest, b""
        if rest:
            self.data_received(rest)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._rest:
            data = self._rest + data
        if (ping := data.find(_PING)) >= 0 and len(data) >= ping + 6:
            self.transport.write(masked(data[ping + 2 : ping + 6], PONG))
            data = data[:ping] + data[ping + 6 :]
        ear = self._ear
        if ear is None:
            self._rest = data
            self._came.set()
            return
        end = data.rfind(b"}") + 1  # no token has one, and each stands before one
        self._rest = data[end:]
        for answer, number, wrong in self._tokens.findall(data, 0, end):
            if answer:
                ear.answered(int(answer))
            elif number:
                ear.heard(self, int(number))
            else:
                ear.refused(wrong)

    async def _more(self) -> None:
        assert not self._is_lost, f"the server has closed the connection: {self._rest[-300:]!r}"
        self._came.clear()
        await self._came.wait()

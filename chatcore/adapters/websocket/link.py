"""The two ends of a WebSocket as links: the server's end and the client's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, cast

from websockets.asyncio.connection import Connection, broadcast
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.protocol import OPEN

from ...ports.transport import LinkDown, OutFrame
from .accepted import _Accepted
from .sockets import address_of

# A dead peer is noticed within PING_INTERVAL + PING_TIMEOUT + CLOSE_TIMEOUT = 28 seconds.
PING_INTERVAL, PING_TIMEOUT, CLOSE_TIMEOUT = 15, 10, 3

_log = logging.getLogger("websockets.chatcore")
_log.setLevel(logging.WARNING)  # below, the library tells each frame whole: texts, passwords, tokens

BOTH_ENDS: Mapping[str, Any] = {
    "logger": _log,
    "compression": None,
    "ping_interval": PING_INTERVAL,
    "ping_timeout": PING_TIMEOUT,
    "close_timeout": CLOSE_TIMEOUT,
    "max_queue": 8,
    # The library waits where more than this is unsent, pings and close frames too: a peer that is dead behind a full
    # buffer would never be noticed. The server's bounds are those of `Accepted` and of the send queue.
    "write_limit": 16 * 1024 * 1024,
}
"""The library's options that are the same for the listener and the dialer."""

_MAX_CLOSE_REASON = 123  # bytes, RFC 6455 section 5.5


class _WebSocketLink:
    """What both ends do alike."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.address: str = address_of(connection.transport.get_extra_info("peername"))

    def backlog(self) -> int:
        return self._connection.transport.get_write_buffer_size()

    async def close(self, reason: str = "", *, restarting: bool = False) -> None:
        code = CloseCode.SERVICE_RESTART if restarting else CloseCode.NORMAL_CLOSURE
        short = reason.encode()[:_MAX_CLOSE_REASON].decode(errors="ignore")
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._connection.close(code, short)
        except TimeoutError:
            pass
        finally:
            self.abort()

    def abort(self) -> None:
        self._connection.transport.abort()


class ClientLink(_WebSocketLink):
    """The client's end, which masks its frames."""

    async def receive(self) -> bytes:
        try:
            return await self._connection.recv(decode=False)
        except ConnectionClosed as closed:
            raise _link_down(closed) from closed

    def write(self, frames: Sequence[OutFrame]) -> None:
        # The library's only way to send without waiting; it skips a connection that is not open.
        for frame in frames:
            if not self._connection.transport.is_closing():
                broadcast([self._connection], frame.data, text=True)


class ServerLink(_WebSocketLink):
    """The server's end. Frames of a server are not masked, so their bytes are made once and shared by all links."""

    def __init__(self, connection: ServerConnection) -> None:
        super().__init__(connection)
        self._accepted = cast("_Accepted", connection)  # the listener has made it: of no other kind

    async def receive(self) -> bytes:
        # A client that asks faster than it reads is not cut for that: its next question waits.
        try:
            return await self._accepted.next_text()
        except ConnectionClosed as closed:
            raise _link_down(closed) from closed

    def write(self, frames: Sequence[OutFrame]) -> None:
        # Past the library, straight to the transport: one write for all frames. Nothing may follow a close frame.
        transport = self._connection.transport
        if self._connection.protocol.state is OPEN and not transport.is_closing():
            wired = [frame.wired or _wired(frame) for frame in frames]
            transport.write(wired[0] if len(wired) == 1 else b"".join(wired))


def _wired(frame: OutFrame) -> bytes:
    """Make an unmasked text frame, RFC 6455 section 5.2, and keep it."""
    size = len(frame.data)
    if size < 126:  # noqa: PLR2004 - the RFC's own numbers
        head = bytes((0x81, size))
    elif size < 2**16:
        head = b"\x81\x7e" + size.to_bytes(2)
    else:
        head = b"\x81\x7f" + size.to_bytes(8)
    frame.wired = head + frame.data
    return frame.wired


def _link_down(closed: ConnectionClosed) -> LinkDown:
    said = closed.rcvd or closed.sent
    reason = said.reason if said else ""
    # A peer whose pings were not answered says so with 1011 before it goes: that is a broken link, too.
    clean = closed.rcvd is not None and closed.rcvd.code != CloseCode.INTERNAL_ERROR
    return LinkDown(clean=clean, reason=reason)

"""The library's end of an accepted connection, bounded: only text is spoken, and who does not read is not served."""

from __future__ import annotations

import asyncio
import socket

from websockets.asyncio.server import ServerConnection
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Event

_SEND_BUFFER = 64 * 1024
_MAX_UNSENT = 512 * 1024  # more than the send queue lets wait, so that only answers to pings get this far


class Accepted(ServerConnection):
    """A connection with a small send buffer, which tells when what was written has left this process."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # What waits in the kernel for a client that does not read is the server's memory as well.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self._flowing = asyncio.Event()
        self._flowing.set()
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(_SEND_BUFFER)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._flowing.set()

    # These two are not passed on: the library would keep back pings and close frames too, and never notice a peer
    # that is dead behind a full buffer.

    def pause_writing(self) -> None:
        self._flowing.clear()

    def resume_writing(self) -> None:
        self._flowing.set()

    async def flowing(self) -> None:
        """Return when little waits to be sent, or the connection has ended."""
        await self._flowing.wait()

    def process_event(self, event: Event) -> None:
        if isinstance(event, Frame) and event.opcode is Opcode.BINARY:
            self.protocol.fail(CloseCode.UNSUPPORTED_DATA, "frames are text, not binary")
            self.send_data()
        elif self.transport.get_write_buffer_size() > _MAX_UNSENT:
            # The library answers each ping at once, whether or not the peer reads the answers.
            self.transport.abort()
        else:
            super().process_event(event)

"""The library's end of an accepted connection, bounded: it speaks text only, and serves nobody who does not read."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from typing import Any, Protocol

from websockets.asyncio.server import ServerConnection
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Event

from .own_socket import is_trusted
from .sockets import address_of

_SEND_BUFFER = 64 * 1024
_MAX_UNSENT = 512 * 1024  # more than the send queue lets wait, so that only answers to pings get this far
_MAX_WAITING, _FEW_WAITING = 8, 2  # of messages that nobody has asked for yet; the rest stays in the kernel
_MAX_PARTS = 1_000  # of one message: empty ones do not count against its size
_PINGS_PER_SECOND, _PINGS_AT_ONCE = 10, 100  # of pings and pongs: clients send one in 15 seconds

_log = logging.getLogger(__name__)


class Counter(Protocol):
    """Counts connections from their first moment on."""

    def came(self, connection: ServerConnection, address: str) -> None:
        """One has come from this address; it may be dropped at once."""

    def gone(self, connection: ServerConnection) -> None:
        """One has ended."""


class _Accepted(ServerConnection):
    """A connection with a small send buffer, which tells when what was written has left this process.

    What comes in is handed over by `next_text`, past the library's queue: measured, that spares a message four
    coroutines and a tenth of all that it costs.
    """

    # With the library's 27 attributes these are more than Python shares the names of between objects, which would be
    # 1.7 KiB for each connection. A deque is 0.7, and made when there is something to wait.
    __slots__ = (
        "_due",
        "_is_full",
        "_is_holding",
        "_is_lost",
        "_is_refused",
        "_parts",
        "_stirred",
        "_waiting",
        "counter",
        "is_for_us_alone",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - what the library gives
        super().__init__(*args, **kwargs)
        self.counter: Counter | None = None
        "Who is told that it has come and gone."
        self.is_for_us_alone: bool = False
        "Whether it came by a socket that is for programs of this user."
        self._waiting: deque[bytes] | tuple[()] = ()
        self._parts: list[bytes] | tuple[()] = ()
        self._is_holding = self._is_refused = self._is_lost = self._is_full = False
        self._due = 0.0
        self._stirred: asyncio.Future[None] | None = None
        "Done with the next message, with room to write, or with the end, where somebody waits."

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # What waits in the kernel for a client that does not read is the server's memory as well.
        end = transport.get_extra_info("socket")
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(_SEND_BUFFER)
        if self.counter is not None:
            self.counter.came(self, address_of(transport.get_extra_info("peername")))
        if self.is_for_us_alone and not is_trusted(end):
            _log.warning("somebody else has come to the socket of this user")
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._is_lost = True
        if self.counter is not None:
            self.counter.gone(self)
        self._is_full = False
        self._stir()

    # These two are not passed on: the library would keep back pings and close frames too, and never notice a peer
    # that is dead behind a full buffer.

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        self._stir()

    async def next_text(self) -> bytes:
        """Return the next message, once little waits to be sent. Raises ConnectionClosed after the last one.

        For one caller at a time, who may be cancelled without loss.
        """
        while self._is_full or not self._waiting:
            if self._is_lost and not self._waiting:
                raise self.close_exc
            self._stirred = self.loop.create_future()
            await self._stirred
        if self._is_holding and len(self._waiting) <= _FEW_WAITING and not self._is_lost:
            self._is_holding = False
            self.transport.resume_reading()
        if len(self._waiting) > 1:
            return self._waiting.popleft()
        (data,), self._waiting = self._waiting, ()
        return data

    def process_event(self, event: Event) -> None:
        if not isinstance(event, Frame):
            super().process_event(event)
        elif self._is_refused:
            pass  # it came in the same go as what was wrong
        elif event.opcode is Opcode.TEXT or event.opcode is Opcode.CONT:
            self._take(event)
        elif event.opcode is Opcode.BINARY:
            self._refuse(CloseCode.UNSUPPORTED_DATA, "frames are text, not binary")
        elif event.opcode is not Opcode.CLOSE and self._is_flooded():
            self._refuse(CloseCode.POLICY_VIOLATION, "too many pings")
            self.transport.pause_reading()  # what it goes on sending costs nothing
        elif self.transport.get_write_buffer_size() > _MAX_UNSENT:
            # The library answers each ping at once, whether or not the peer reads the answers.
            self.transport.abort()
        else:
            super().process_event(event)

    def _is_flooded(self) -> bool:
        """Count a ping or pong, and return whether they come faster than anybody needs."""
        now = self.loop.time()
        self._due = max(self._due, now) + 1 / _PINGS_PER_SECOND
        return self._due - now > _PINGS_AT_ONCE / _PINGS_PER_SECOND

    def _take(self, frame: Frame) -> None:
        """Keep a message, or a part of one: the library has checked its size and that parts follow each other."""
        if not frame.fin or self._parts:
            self._parts = self._parts or []
            self._parts.append(bytes(frame.data))
            if not frame.fin:
                if len(self._parts) >= _MAX_PARTS:
                    self._refuse(CloseCode.MESSAGE_TOO_BIG, "too many parts")
                return
            data, self._parts = b"".join(self._parts), ()
        else:
            data = bytes(frame.data)
        if self._waiting:
            self._waiting.append(data)
        else:
            self._waiting = deque((data,))
        if len(self._waiting) > _MAX_WAITING and not self._is_holding:
            self._is_holding = True
            self.transport.pause_reading()
        self._stir()

    def _stir(self) -> None:
        if self._stirred is not None and not self._stirred.done():
            self._stirred.set_result(None)

    def _refuse(self, code: CloseCode, reason: str) -> None:
        self._is_refused = True
        self._parts = ()
        self.protocol.fail(code, reason)
        self.send_data()
        # The library sets no deadline here: who does not go would count as connected until the next ping.
        self.loop.call_later(self.close_timeout or 0, self.transport.abort)

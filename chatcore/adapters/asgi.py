"""Links over the WebSockets of an ASGI server, whichever it is (asgi.readthedocs.io, "WebSocket")."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from typing import Any, Self

from ..ports.transport import LinkDown, OutFrame
from ..tasks import outlast
from ..wire.limits import MAX_FRAME

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

CLEAN = 1000
"""The one close code that says that the peer meant it: servers report 1005 for a broken connection as well as for a
page that closed without a code, and 1001 is what a browser says when a page is left or loaded anew. Some (hypercorn)
report every end as a broken one: there a user who leaves is active for the grace."""

_RESTART, _NOT_TEXT, _TOO_BIG = 1012, 1003, 1009
_MAX_WAITING = 8  # of frames that nobody has asked for yet; the rest stays with the server
_MAX_UNSENT = 64 * 1024  # bytes: who has more to read is not asked what else they want
_CLOSE_TIMEOUT = 3.0
_MAX_CLOSE_REASON = 123  # bytes, RFC 6455 section 5.5


class AsgiLink:
    """The server's end of an accepted WebSocket; use as `async with`, in which it reads and writes.

    An application can end a connection only by closing it: `abort` is that nothing more is written and the block is to
    be left, and then the server drops the socket, some of them not before their own timeout.
    """

    def __init__(self, address: str, receive: Receive, send: Send) -> None:
        """`address` is where the peer is, as far as it is known."""
        self.address: str = address
        self._receive_message, self._send_message = receive, send
        self._arrived: deque[bytes] = deque()
        self._unsent: deque[bytes] = deque()
        self._backlog = 0
        self._down: LinkDown | None = None
        self._stirred = asyncio.Event()
        "Something has arrived, was asked for or was written, or the link has ended."
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def __aenter__(self) -> Self:
        self._tasks = (asyncio.create_task(self._read()), asyncio.create_task(self._write()))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.abort()
        for task in self._tasks:
            task.cancel()
        await outlast(*self._tasks)

    async def receive(self) -> bytes:
        while not self._arrived or self._backlog > _MAX_UNSENT:
            if self._down is not None and not self._arrived:
                raise LinkDown(clean=self._down.clean, reason=str(self._down.reason))
            if self._down is not None:
                break
            await self._stir()
        data = self._arrived.popleft()
        self._stirred.set()
        return data

    def write(self, frames: Sequence[OutFrame]) -> None:
        if self._down is None:
            self._unsent.extend(frame.data for frame in frames)
            self._backlog += sum(len(frame.data) for frame in frames)
            self._stirred.set()

    def backlog(self) -> int:
        return self._backlog

    async def close(self, reason: str = "", *, restarting: bool = False) -> None:
        if self._down is not None:
            return
        short = reason.encode()[:_MAX_CLOSE_REASON].decode(errors="ignore")
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                while self._backlog and self._down is None:
                    await self._stir()
                if self._down is None:
                    await self._end(_RESTART if restarting else CLEAN, short, clean=True)
        self.abort()

    def abort(self) -> None:
        self._break(LinkDown(clean=False))
        self._arrived.clear()

    # ---- within

    async def _read(self) -> None:
        """Read for as long as the link lives: a server's `receive` must not be cancelled before."""
        while self._down is None:
            while len(self._arrived) >= _MAX_WAITING and self._down is None:
                await self._stir()
            message = await self._receive_message()
            if message["type"] == "websocket.disconnect":
                reason = str(message.get("reason") or "")
                self._break(LinkDown(clean=message.get("code") == CLEAN, reason=reason))
            else:
                await self._take(message)
            self._stirred.set()

    async def _take(self, message: Message) -> None:
        text = message.get("text")
        if text is None:
            await self._end(_NOT_TEXT, "frames are text", clean=False)
            return
        data = str(text).encode()
        if len(data) > MAX_FRAME:
            await self._end(_TOO_BIG, f"a frame has at most {MAX_FRAME} bytes", clean=False)
        elif self._down is None:
            self._arrived.append(data)

    async def _write(self) -> None:
        while self._down is None:
            if not self._unsent:
                await self._stir()
                continue
            data = self._unsent.popleft()
            try:
                await self._send_message({"type": "websocket.send", "text": data.decode()})
            except Exception:  # noqa: BLE001 - each server has its own way to say that the peer has gone
                self.abort()
                return
            self._backlog = max(0, self._backlog - len(data))
            self._stirred.set()

    def _break(self, down: LinkDown) -> None:
        """Write nothing any more; what has arrived can be received."""
        self._unsent.clear()
        self._backlog = 0
        if self._down is None:
            self._down = down
        self._stirred.set()

    async def _end(self, code: int, reason: str, *, clean: bool) -> None:
        self._down = LinkDown(clean=clean, reason=reason)
        with suppress(Exception):  # the peer has gone by itself
            await self._send_message({"type": "websocket.close", "code": code, "reason": reason})

    async def _stir(self) -> None:
        self._stirred.clear()
        await self._stirred.wait()


def address_of(client: object) -> str:
    """Return the IP address of a scope's client, a host and a port; empty for a Unix socket, or where it is unknown."""
    try:
        address = ip_address(client[0])  # type: ignore[index]
    except (TypeError, ValueError, IndexError):
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)

"""Links to an ASGI application in the same process: what a server is for it, without a network, for tests."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from ..errors import Phrase, Unreachable
from ..ports.given import Given, Headers, asked, check_headers
from ..ports.transport import LinkDown, OutFrame
from .asgi import CLEAN, Message, Receive, Send

Application = Callable[[Any, Receive, Send], Awaitable[object]]

_BROKEN, _RESTART = 1006, 1012
_MAX_UNREAD = 64 * 1024  # bytes that an application may be ahead of its client
_END_TIMEOUT = 3.0

log: logging.Logger = logging.getLogger(__name__)


class AsgiDialer:
    """Opens links to one application, whatever host a URL names. Its lifespan is not begun: others do that."""

    def __init__(self, application: Application, headers: Given[Headers] | None = None) -> None:
        """`headers` are those of the handshake, beside `host`."""
        self._application, self._headers = application, {} if headers is None else headers
        self._running: set[asyncio.Task[None]] = set()

    async def dial(self, url: str) -> AsgiClientLink:
        scope = _scope(url, await asked("headers", self._headers, check_headers))
        link = AsgiClientLink()
        running = asyncio.create_task(link.run(self._application, scope))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        try:
            await link.accepted()
        except BaseException:
            link.abort()
            raise
        return link


class AsgiClientLink:
    """The client's end. What the application is sent and sends waits in this process."""

    def __init__(self) -> None:
        self.address: str = ""
        self._to_app: deque[Message] = deque([{"type": "websocket.connect"}])
        self._arrived: deque[bytes] = deque()
        self._answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._down: LinkDown | None = None
        self._stirred = asyncio.Event()
        self._is_over = asyncio.Event()
        "The application has returned."

    async def run(self, application: Application, scope: Message) -> None:
        """Run the application until it returns."""
        try:
            await application(scope, self._give, self._take)
        except Exception as error:
            if self._answer.done():
                log.exception("the application has failed")
            else:
                msg = Phrase("the application has failed: {cause}", cause=f"{type(error).__name__}: {error}")
                refused = Unreachable(msg, field="server")
                refused.__cause__ = error
                self._answer.set_exception(refused)
        finally:
            self._is_over.set()
            self._refuse("500")
            self._end(LinkDown(clean=False))

    async def accepted(self) -> None:
        """Wait until the application accepts. Raises Unreachable where it does not."""
        await asyncio.shield(self._answer)

    async def receive(self) -> bytes:
        while not self._arrived:
            if self._down is not None:
                raise LinkDown(clean=self._down.clean, reason=self._down.reason)
            await self._stir()
        data = self._arrived.popleft()
        self._stirred.set()
        return data

    def write(self, frames: Sequence[OutFrame]) -> None:
        if self._down is None:
            self._to_app.extend({"type": "websocket.receive", "text": frame.data.decode()} for frame in frames)
            self._stirred.set()

    def backlog(self) -> int:
        return sum(len(message["text"].encode()) for message in self._to_app if "text" in message)

    async def close(self, reason: str = "", *, restarting: bool = False) -> None:
        if self._down is None:
            self._to_app.append(_disconnect(_RESTART if restarting else CLEAN, reason))
            self._arrived.clear()
            self._end(LinkDown(clean=True, reason=reason))
        with suppress(TimeoutError):
            async with asyncio.timeout(_END_TIMEOUT):
                await self._is_over.wait()

    def abort(self) -> None:
        self._answer.cancel()
        self._arrived.clear()
        if self._down is None:
            self._to_app.clear()
            self._to_app.append(_disconnect(_BROKEN, ""))
        self._end(LinkDown(clean=False))

    # ---- what the application is given

    async def _give(self) -> Message:
        while not self._to_app:
            await self._stir()
        if self._to_app[0]["type"] == "websocket.disconnect":
            return self._to_app[0]  # each time again
        message = self._to_app.popleft()
        self._stirred.set()
        return message

    async def _take(self, message: Message) -> None:
        match message["type"]:
            case "websocket.accept":
                if not self._answer.done():
                    self._answer.set_result(None)
            case "websocket.http.response.start":
                self._refuse(f"{message['status']}")
            case "websocket.close":
                self._refuse("403")
                code, reason = message.get("code", CLEAN), str(message.get("reason") or "")
                self._end(LinkDown(clean=True, reason="restarting" if code == _RESTART else reason))
                self._to_app.clear()
                self._to_app.append(_disconnect(code, reason))
            case "websocket.send":
                await self._take_frame(message)
            case _:  # the body of a refusal
                pass

    async def _take_frame(self, message: Message) -> None:
        while self._down is None and sum(map(len, self._arrived)) > _MAX_UNREAD:
            await self._stir()
        if self._down is not None:
            msg = "the client has gone"
            raise OSError(msg)  # as ASGI's specification has it
        text = message.get("text")
        self._arrived.append(bytes(message["bytes"]) if text is None else str(text).encode())
        self._stirred.set()

    # ---- within

    def _refuse(self, status: str) -> None:
        if not self._answer.done():
            msg = Phrase("it answers with HTTP status {status} and not as a chat server", status=status)
            self._answer.set_exception(Unreachable(msg, field="server"))

    def _end(self, down: LinkDown) -> None:
        self._down = self._down or down
        self._stirred.set()

    async def _stir(self) -> None:
        self._stirred.clear()
        await self._stirred.wait()


def _disconnect(code: int, reason: str) -> Message:
    return {"type": "websocket.disconnect", "code": code, "reason": reason}


def _scope(url: str, headers: Headers) -> Message:
    """Return what a server says of a handshake. Raises Unreachable for what is no address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in {"ws", "wss"} or not host:
        msg = Phrase("{url} is not a server's address: it looks like ws://HOST:PORT or wss://HOST:PORT", url=repr(url))
        raise Unreachable(msg, field="url")
    path = parts.path or "/"
    named = {"host": parts.netloc} | {name.lower(): value for name, value in headers.items()}
    return {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": parts.scheme,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()],
        "client": ("127.0.0.1", 1),
        "server": (host, port or (443 if parts.scheme == "wss" else 80)),
        "subprotocols": [],
        "state": {},
        "extensions": {"websocket.http.response": {}},
    }

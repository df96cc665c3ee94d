"""A chat as an ASGI application: mounted in a web application, or served by itself.

`chatcore.asgi.app(chat)` needs no framework: FastAPI, Starlette and others mount it; uvicorn and hypercorn serve it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from functools import partial
from typing import Any, Literal

import attrs

from .adapters.asgi import AsgiLink, Message, Receive, Send
from .adapters.asgi_handshake import Handshake, handshake_of, may_come, networks, normal
from .chat.chat import Chat, is_async
from .chat.guests import Identity
from .domain.addresses import Network
from .errors import TemporaryError

__all__ = ["App", "Handshake", "Identity", "app", "beside"]

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An ASGI application, of whatever framework."""

SAME = "same"
"""Pages of the host that the browser asks, and no others."""

log: logging.Logger = logging.getLogger(__name__)


def app(
    chat: Chat,
    *,
    user: Callable[[Handshake], Awaitable[Identity | None]] | None = None,
    origins: Literal["same"] | Collection[str] = SAME,
    proxies: Collection[str] = (),
) -> App:
    """Return an ASGI application that serves the chat's clients by WebSocket, at whatever path it is mounted.

    Where it is served by itself, and not mounted, the server's start and end open and close the chat, unless it is open
    already; mounted, whoever mounts it does so. Browsers come from pages of the same host ("same"), or from the
    `origins` that are named ("https://chat.example"); who sends no Origin is no browser, and may come. Other requests
    are answered with 426.

    With `user`, an `async def who(handshake)` says who comes: it returns an `Identity`, by which their client enters
    without credentials, or None, and they are answered with 403. What it raises is logged, and answered with 500.
    Without it, clients log in by themselves. From `proxies`, networks such as "10.0.0.0/8", X-Forwarded-For is believed
    about who comes, and X-Forwarded-Host about the host. Raises TypeError and ValueError.
    """
    if isinstance(origins, str) and origins != SAME:
        msg = f'origins is "{SAME}" or a list of origins, not {origins!r:.60}'
        raise TypeError(msg)
    if user is not None and not is_async(user):
        msg = f"user is an `async def` with a handshake, not {user!r:.60}"
        raise TypeError(msg)
    allowed = None if isinstance(origins, str) else frozenset(map(normal, origins))
    door = _Door(chat, user, allowed, networks(proxies))

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "websocket":
                await door.serve(scope, receive, send)
            case "lifespan":
                await _lifespan(chat, receive, send)
            case "http":
                await _upgrade_required(send)
            case kind:  # another version of ASGI, whose servers take this as a no
                msg = f"chatcore.asgi knows nothing of {kind!r}"
                raise NotImplementedError(msg)

    return serve


def beside(others: App, mounted: Mapping[str, App], *, lifespan: Chat | None = None) -> App:
    """Return an application that has others mounted beside it by their paths ("/chat"), for what cannot mount: Django.

    A path matches with and without a slash behind it, and with all that is below it. The server's start and end open
    and close the chat that is given as `lifespan`; `others` is not told of them.
    """
    for path in mounted:
        if not path.startswith("/") or path.endswith("/"):
            msg = f'a path begins with "/" and does not end with one, as "/chat" does, not {path!r:.60}'
            raise ValueError(msg)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(lifespan, receive, send)
            return
        root = scope.get("root_path", "")
        path = scope["path"].removeprefix(root)  # which has it in front, with servers that keep to the specification
        below = next((at for at in mounted if path == at or path.startswith(f"{at}/")), None)
        if below is None:
            await others(scope, receive, send)
        else:
            await mounted[below]({**scope, "root_path": root + below}, receive, send)

    return serve


@attrs.frozen
class _Door:
    """Who may come to a chat by an application, and how it is known who they are."""

    chat: Chat
    user: Callable[[Handshake], Awaitable[Identity | None]] | None
    allowed: frozenset[str] | None
    proxies: tuple[Network, ...]

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a WebSocket until it ends."""
        await receive()  # websocket.connect
        handshake = handshake_of(scope, self.proxies)
        if not self.chat.is_open:
            log.error("nobody is let in: the chat is not open; open it in the application's lifespan")
            await _refuse(scope, send, 403)
            return
        if not may_come(handshake, self.allowed):
            log.info("a page of %.200r was not let in", handshake.headers.get("origin"))
            await _refuse(scope, send, 403)
            return
        guest = None
        if self.user is not None:
            try:
                guest = await self.chat.admit(partial(self.user, handshake))
            except TemporaryError as error:
                log.warning("nobody can be let in at the moment: %s", error)
                await _refuse(scope, send, 503)
                return
            except Exception:
                log.exception("it is not known who comes: the application's function has failed")
                await _refuse(scope, send, 500)
                return
            if guest is None:
                await _refuse(scope, send, 403)
                return
        await send({"type": "websocket.accept"})
        async with AsgiLink(handshake.client, receive, send) as link:
            await self.chat.serve(link, guest)


async def _refuse(scope: Scope, send: Send, status: int) -> None:
    """Answer a handshake with an HTTP status; a server that cannot says 403."""
    if status == 403 or "websocket.http.response" not in (scope.get("extensions") or {}):  # noqa: PLR2004
        await send({"type": "websocket.close", "code": 1008})
        return
    head = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
    await send({"type": "websocket.http.response.start", "status": status, "headers": head})
    await send({"type": "websocket.http.response.body", "body": b""})


async def _lifespan(chat: Chat | None, receive: Receive, send: Send) -> None:
    await receive()  # lifespan.startup
    if chat is None or chat.is_open:  # whoever has opened it closes it
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    try:
        await chat.__aenter__()
    except Exception as error:  # noqa: BLE001 - whatever it is, the server says it and ends
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    try:
        await send({"type": "lifespan.startup.complete"})
        await receive()  # lifespan.shutdown
    except BaseException as error:
        await chat.__aexit__(type(error), error, error.__traceback__)
        raise
    await chat.__aexit__(None, None, None)
    await send({"type": "lifespan.shutdown.complete"})


async def _upgrade_required(send: Send) -> None:
    body = b"this is a chat: a WebSocket is expected here\n"
    head: Message = {
        "type": "http.response.start",
        "status": 426,
        "headers": [
            (b"content-type", b"text/plain"),
            (b"upgrade", b"websocket"),
            (b"content-length", b"%d" % len(body)),
        ],
    }
    await send(head)
    await send({"type": "http.response.body", "body": body})

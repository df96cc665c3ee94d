"""A chat as an ASGI application: mounted in a web application, or served by itself.

`chatcore.asgi.app(chat)` needs no framework: FastAPI, Starlette and others mount it; uvicorn and hypercorn serve it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, MutableMapping
from typing import Any, Literal
from urllib.parse import urlsplit

from .adapters.asgi import AsgiLink, Message, Receive, Send
from .chat.chat import Chat

__all__ = ["App", "app", "beside"]

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An ASGI application, of whatever framework."""

SAME = "same"
"""Pages of the host that the browser asks, and no others."""

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}

log: logging.Logger = logging.getLogger(__name__)


def app(chat: Chat, *, origins: Literal["same"] | Collection[str] = SAME) -> App:
    """Return an ASGI application that serves the chat's clients by WebSocket, at whatever path it is mounted.

    Where it is served by itself, and not mounted, the server's start and end open and close the chat, unless it is open
    already; mounted, whoever mounts it does so. Browsers come from pages of the same host ("same"), or from the
    `origins` that are named ("https://chat.example"); who sends no Origin is no browser, and may come. Other requests
    are answered with 426.
    """
    if isinstance(origins, str) and origins != SAME:
        msg = f'origins is "{SAME}" or a list of origins, not {origins!r:.60}'
        raise TypeError(msg)
    allowed = None if isinstance(origins, str) else frozenset(map(_normal, origins))

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "websocket":
                await _websocket(chat, allowed, scope, receive, send)
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


async def _websocket(chat: Chat, allowed: frozenset[str] | None, scope: Scope, receive: Receive, send: Send) -> None:
    await receive()  # websocket.connect
    headers = _headers(scope)
    if not chat.is_open:
        log.error("nobody is let in: the chat is not open; open it in the application's lifespan")
        await send({"type": "websocket.close", "code": 1013})  # before it is accepted: HTTP 403
        return
    if not _may_come(headers, allowed):
        log.info("a page of %.200r was not let in", headers.get("origin"))
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "websocket.accept"})
    async with AsgiLink(scope.get("client"), receive, send) as link:
        await chat.serve(link)


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


def _headers(scope: Scope) -> dict[str, str]:
    """Return the headers by their names in lower case; several with one name as one, with commas."""
    pairs: Iterable[tuple[bytes, bytes]] = scope["headers"]
    headers: dict[str, str] = {}
    for name, value in pairs:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _may_come(headers: dict[str, str], allowed: frozenset[str] | None) -> bool:
    """Return whether a handshake may come: browsers always say of which page it is."""
    origin = headers.get("origin")
    if origin is None:
        return True
    if allowed is not None:
        return _normal(origin) in allowed
    return bool(origin_host := _host(origin)) and origin_host == _host(f"//{headers.get('host', '')}")


def _normal(origin: str) -> str:
    """Return an origin as it is compared: in lower case, without a default port or a slash at the end."""
    try:
        parts = urlsplit(origin.strip().lower())
        port = parts.port
    except ValueError:
        return origin
    default = port is None or port == _DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname or ''}{'' if default else f':{port}'}"


def _host(address: str) -> tuple[str, int | None] | None:
    """Return host and port; both default ports are none, since a proxy may have ended TLS. None for what is no host."""
    try:
        parts = urlsplit(address.strip().lower())
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    return parts.hostname, None if port in {80, 443} else port

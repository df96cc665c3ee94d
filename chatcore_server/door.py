"""The door through which clients come to a chat over the network."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from chatcore import Chat, Unreachable
from chatcore.adapters.websocket import NotOwn, Page, WebSocketListener
from chatcore.domain.addresses import Network
from chatcore.process.limits import most_files

__all__ = ["WebSocketListener", "serve"]


@asynccontextmanager
async def serve(  # noqa: PLR0913 - what an operator may choose
    chat: Chat,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    origins: Iterable[str] = (),
    tls: ssl.SSLContext | None = None,
    pages: Mapping[str, Page] | None = None,
    proxies: Sequence[Network] = (),
    unix: Path | None = None,
    sockets: Sequence[socket.socket] = (),
    path_prefix: str = "",
    keys: Mapping[str, str] | None = None,
) -> AsyncIterator[WebSocketListener]:
    """Let clients come to an open chat by WebSocket, while in the block; `url` of what it gives says where.

    With port 0 the system chooses one. Browsers are let in from `origins` alone ("https://chat.example"). `pages`
    answer plain requests by their path. `proxies` are believed whom they name in X-Forwarded-For.
    `unix` is the path of a Unix socket for programs of the same user, who may come by it as well: in a folder that is
    theirs alone. `sockets` that listen already, as a service manager hands them over, are taken in the place of host
    and port. Behind a proxy that has other things beside the chat, paths may begin with `path_prefix` ("/chat").
    `keys` are what Authorization has to say for pages that are not for everybody, by their paths.
    Raises OSError where it cannot listen there, and ChatError where the socket cannot be trusted.
    """
    listener = WebSocketListener(
        chat.serve,
        host,
        port,
        origins=origins,
        tls=tls,
        pages=pages,
        files=most_files(),
        proxies=proxies,
        own=unix,
        sockets=sockets,
        prefix=path_prefix,
        keys=keys,
    )
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(listener)
        except NotOwn as error:
            raise Unreachable(error.phrase, field="unix") from error
        yield listener

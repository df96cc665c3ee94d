"""What accepts WebSockets, and answers a few plain GET requests beside them."""

from __future__ import annotations

import asyncio
import errno
import hmac
import logging
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self, cast

from websockets import Headers, Origin
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from ...domain.addresses import Network, behind_proxies, host_and_port, is_in, is_loopback
from ...ports.transport import Link
from ...wire.limits import MAX_FRAME
from ..names import is_name, look_up
from ..standing import standing
from .accepted import _Accepted
from .doorway import MANY, Doorway
from .link import BOTH_ENDS, CLOSE_TIMEOUT, ServerLink
from .own_socket import listening_socket

# Seconds that a client may take for the opening handshake.
log: logging.Logger = logging.getLogger(__name__)

_MOST_TOLD = 10  # peers of whom it is said that they may be proxies: who connects can say what they like
_OPEN_TIMEOUT = 5
_BACKLOG = 1024  # of TCP connections not accepted yet: after a restart all clients come at once

Page = Callable[[], Awaitable[tuple[HTTPStatus, str]]]
"""Makes the status and the text of a page for plain HTTP."""


class WebSocketListener:
    """Accepts clients (`async with`) on the path `/` and hands a link of each to `serve_link` until that returns.

    Entering raises OSError where the address cannot be had, NotOwn where the Unix socket cannot. Leaving aborts the
    links that are still there and waits at most 3 seconds for their ends. Browsers are refused unless their origin is
    listed. `pages` answer plain GET requests by their path.
    """

    def __init__(  # noqa: PLR0913 - what an operator may choose
        self,
        serve_link: Callable[[Link], Awaitable[None]],
        host: str,
        port: int,
        *,
        origins: Iterable[str] = (),
        tls: ssl.SSLContext | None = None,
        pages: Mapping[str, Page] | None = None,
        files: int = MANY,
        proxies: Sequence[Network] = (),
        own: Path | None = None,
        sockets: Sequence[socket.socket] = (),
        prefix: str = "",
        keys: Mapping[str, str] | None = None,
    ) -> None:
        """`files` is how many descriptors the process may have: connections are fewer.

        `proxies` are believed what they say of who is behind them, in X-Forwarded-For. `own` is the path of a Unix
        socket for programs of the same user, who may come by it as well; it is not encrypted. `sockets` that listen
        already are taken in the place of host and port. Paths may begin with `prefix`. `keys`: what Authorization
        has to say (`Bearer …`) for the pages that are not for everybody, by their paths.
        """
        self._serve_link = serve_link
        self._host, self._port, self._tls = host, port, tls
        self._origins = [None, *map(Origin, origins)]
        self._pages, self._keys = pages or {}, keys or {}
        self._proxies = tuple(proxies)
        self._told_of: set[str] = set()
        "Peers of whom it was said that they may be proxies."
        self._doorway = Doorway(files, self._proxies)
        self._own, self._sockets, self._prefix = own, tuple(sockets), prefix
        self._servers: list[Server] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._close)
            for one in self._sockets:
                is_unix = one.family not in {socket.AF_INET, socket.AF_INET6}
                await self._open(sock=one, **({"unix": True} if is_unix else {"ssl": self._tls}))
            if not self._sockets:
                await self._open(host=await self._addresses(), port=self._port, ssl=self._tls)
            if self._own is not None:
                await stack.enter_async_context(standing(self._own, partial(self._listen_at, self._own)))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    @asynccontextmanager
    async def _listen_at(self, own: Path) -> AsyncIterator[None]:
        """Accept programs of the same user by a Unix socket; those who are there stay when it ends."""
        with listening_socket(own) as sock:
            server = await self._open(unix=True, sock=sock, is_for_us_alone=True)
            try:
                yield
            finally:
                server.close(close_connections=False)
                server.server.close()  # at once: the other does it in a task, when the socket is closed

    async def _open(self, *, is_for_us_alone: bool = False, **where: Any) -> Server:  # noqa: ANN401 - as the library takes them
        server = await serve(
            self._serve,
            backlog=_BACKLOG,
            create_connection=partial(self._accepted, is_for_us_alone=is_for_us_alone),  # type: ignore[arg-type]  # what it calls need be no class
            process_request=self._answer,
            origins=self._origins,
            server_header=None,
            open_timeout=_OPEN_TIMEOUT,
            max_size=MAX_FRAME,
            **where,
            **BOTH_ENDS,
        )
        self._servers.append(server)
        return server

    async def _close(self) -> None:
        self.stop()
        for server in self._servers:
            for connection in list(server.all_connections):
                connection.transport.abort()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                for server in self._servers:
                    await server.wait_closed()

    @property
    def url(self) -> str:
        """Where clients reach it; the port is the one that was taken, also where 0 was asked for."""
        addresses = [listening.getsockname() for listening in self._servers[0].sockets]
        if not isinstance(addresses[0], tuple):
            return f"unix:{addresses[0]}"
        ports = {address[1] for address in addresses}
        # Port 0 at a name with two addresses is two ports: name one of the addresses.
        is_found = self._sockets or len(ports) > 1
        host, port = addresses[0][:2] if is_found else (self._host, ports.pop())
        return f"{'wss' if self._tls else 'ws'}://{host_and_port(host, port)}"

    def stop(self) -> None:
        """Accept nobody any more; those who are there stay."""
        for server in self._servers:
            server.close(close_connections=False)

    def _accepted(self, *args: Any, is_for_us_alone: bool, **kwargs: Any) -> _Accepted:  # noqa: ANN401 - what the library gives
        connection = _Accepted(*args, **kwargs)
        connection.is_for_us_alone = is_for_us_alone
        connection.counter = self._doorway
        return connection

    async def _serve(self, connection: ServerConnection) -> None:
        self._doorway.greeted(cast("_Accepted", connection))  # the listener has made it: of no other kind
        link = ServerLink(connection)
        headers = connection.request.headers if connection.request else Headers()
        forwarded = ",".join(headers.get_all("X-Forwarded-For"))
        self._look_for_proxy(link.address, forwarded)
        link.address = behind_proxies(link.address, forwarded, self._proxies)
        await self._serve_link(link)

    def _look_for_proxy(self, peer: str, forwarded: str) -> None:
        """Say of a few peers, once of each, that they speak as proxies do that nobody named."""
        if not forwarded or peer in self._told_of or len(self._told_of) >= _MOST_TOLD or is_in(peer, self._proxies):
            return
        self._told_of.add(peer)
        log.warning(
            "%s says for whom it connects (X-Forwarded-For) and is not believed: if it is your proxy, name it with "
            "--trusted-proxy; until then all behind it count as one address, and one stranger makes the others wait",
            peer or "somebody on this machine",
        )

    async def _addresses(self) -> str | Sequence[str]:
        """Return the addresses of the host, so that the loop has no name to look up.

        A name of the loopback may lead elsewhere, but what is said to it may be in plaintext: it is not followed there.
        """
        if not is_name(self._host):
            return self._host
        found = dict.fromkeys(str(address[4][0]) for address in await look_up(self._host, self._port))
        own = [address for address in found if is_loopback(address) or not is_loopback(self._host)]
        if not own:
            raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        return own

    async def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        path = request.path.partition("?")[0]
        if self._prefix and f"{path}/".startswith(f"{self._prefix}/"):
            path = path.removeprefix(self._prefix) or "/"
        if request.method != "GET":
            response = connection.respond(HTTPStatus.METHOD_NOT_ALLOWED, "only GET is answered here\n")
            response.headers["Allow"] = "GET"
            return response
        if path == "/":
            return None
        key = self._keys.get(path)
        if key is not None and not hmac.compare_digest(request.headers.get("Authorization", "").encode(), key.encode()):
            response = connection.respond(HTTPStatus.UNAUTHORIZED, "this page is for who has its token\n")
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        page = self._pages.get(path)
        return connection.respond(*(await page() if page else (HTTPStatus.NOT_FOUND, "there is no such page\n")))

"""The doors by which operators come to a running server: a socket beside its database, or a port of this machine."""

from __future__ import annotations

import asyncio
import hmac
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path

from chatcore.adapters.standing import identity, standing

from .address import LOOPBACK, Port, has_sockets, port_path, reachable, socket_path
from .frames import MAX_LINE

PATIENCE = 5.0
"""Seconds within which whoever comes to the port has to prove that they are an operator."""

Meet = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Converses with an operator, and closes."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def open_doors(db: Path, meet: Meet, secret: str) -> AsyncIterator[None]:
    """Let operators in while in the block, which holds the database's lock: what was left there is of a dead server.

    Where there can be no socket (on some file systems and systems), a port does, for those who know the secret that is
    written beside the database; where that cannot be either, there is a warning in the log and no door.
    """
    async with AsyncExitStack() as stack:
        try:
            path = socket_path(db)
            await stack.enter_async_context(standing(path, partial(_socket, path, meet)))
        except OSError as error:
            why = f"there can be no socket {socket_path(db)}: {_said(error)}"
            try:
                path = port_path(db)
                await stack.enter_async_context(standing(path, partial(_port, path, meet, secret)))
                log.log(logging.WARNING if has_sockets() else logging.INFO, "operators come by a port: %s", why)
            except OSError as second:
                log.warning(
                    "operators cannot come, so there is no backup while the server runs: %s", f"{why}; {second}"
                )
        yield


@asynccontextmanager
async def _socket(path: Path, meet: Meet) -> AsyncIterator[None]:
    if not has_sockets():
        msg = "this system has none"
        raise OSError(msg)
    with reachable(path) as address:
        start = asyncio.start_unix_server  # type: ignore[attr-defined, unused-ignore] # where there are sockets
        server = await start(meet, sock=_bind(path, address), limit=MAX_LINE)
        try:
            with _removed(path):
                yield
        finally:
            server.close()


def _bind(path: Path, address: str) -> socket.socket:
    """Make the socket, for its owner only."""
    if path.is_socket():
        path.unlink()
    listener = socket.socket(socket.AF_UNIX)  # type: ignore[attr-defined, unused-ignore] # where there are sockets
    try:
        listener.bind(address)
        path.chmod(0o600)  # in time: until it listens nobody can connect
    except OSError:
        listener.close()
        raise
    return listener


@asynccontextmanager
async def _port(path: Path, meet: Meet, secret: str) -> AsyncIterator[None]:
    """Listen on a port that is told, with a secret, to whoever may read a file beside the database."""

    async def check(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await _is_operator(reader, writer, port):
            await meet(reader, writer)
        else:
            writer.close()

    server = await asyncio.start_server(check, LOOPBACK, 0, limit=MAX_LINE)
    try:
        port = Port(server.sockets[0].getsockname()[1], secret)
        port.write(path)
        with _removed(path):
            yield
    finally:
        server.close()


async def _is_operator(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: Port) -> bool:
    """Prove that this is the server, and hear whether the other one may come in."""
    with suppress(OSError, ValueError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            writer.write(port.proof("server"))
            await writer.drain()
            return hmac.compare_digest(await reader.readline(), port.proof("operator"))
    return False


@contextmanager
def _removed(path: Path) -> Iterator[None]:
    """Remove a file at the end, unless another server has put its own there meanwhile."""
    made = identity(path)
    try:
        yield
    finally:
        with suppress(OSError):
            if identity(path) == made:
                path.unlink()


def _said(error: OSError) -> str:
    return (error.strerror or str(error)).lower()

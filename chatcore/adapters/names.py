"""Names of machines, looked up in a thread that nobody waits for."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Thread
from typing import Any

from ..errors import Phrase

LOOK_UP_TIME = 5
"""Seconds that looking up a name may take."""

Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]
"""What `socket.getaddrinfo` gives for each address."""


async def look_up(host: str, port: int, *, time: float = LOOK_UP_TIME) -> Sequence[Address]:
    """Return the addresses of a host. Raises OSError; TimeoutError, which says so, where no answer comes in time.

    The loop's own look-up takes a thread of its default executor, and a program does not end before those threads:
    without a name server that is half a minute. This one is left behind.
    """
    if not is_name(host):
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)  # only put into its form
    try:
        async with asyncio.timeout(time):
            return await asyncio.wrap_future(_looking_up(host, port))
    except TimeoutError:
        raise TimeoutError(Phrase("its name could not be looked up within {seconds} s", seconds=f"{time}")) from None


def is_name(host: str) -> bool:
    """Return whether a host has to be looked up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return False


def _looking_up(host: str, port: int) -> Future[Sequence[Address]]:
    found = Future[Sequence[Address]]()
    found.set_running_or_notify_cancel()  # who waits may go; the thread does not

    def work() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except BaseException as error:  # noqa: BLE001 - told to who waits
            found.set_exception(error)

    Thread(target=work, name=f"look-up of {host}", daemon=True).start()
    return found

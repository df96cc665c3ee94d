"""Sockets to a host: its name is looked up in a thread that nobody waits for, and its addresses are tried in a race."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from itertools import chain, zip_longest
from threading import Thread
from typing import Any

from ...errors import Phrase

LOOK_UP_TIME = 5
"""Seconds that looking up a name may take."""

STAGGER = 0.25
"""Seconds that an address may keep the next one waiting (RFC 8305, section 5)."""

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


async def open_socket(addresses: Iterable[Address]) -> socket.socket:
    """Return a socket that is connected to the first address that answers; IPv6 and IPv4 take turns. Raises OSError."""
    waiting, failed = deque(_in_turns(addresses)), list[BaseException]()
    tries = set[asyncio.Task[socket.socket]]()
    try:
        while waiting or tries:
            if waiting:
                tries.add(asyncio.create_task(_connected(waiting.popleft())))
            done, _ = await asyncio.wait(
                tries, timeout=STAGGER if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            for one in done:
                tries.remove(one)
                if (error := one.exception()) is None:
                    return one.result()
                failed.append(error)
    finally:
        for one in tries:
            one.cancel()
            one.add_done_callback(_let_go)
    raise OSError(", ".join(map(str, failed)))


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


def _in_turns(addresses: Iterable[Address]) -> list[Address]:
    """Order addresses so that the families take turns, the one that the machine names first before the other."""
    by_family: dict[socket.AddressFamily, list[Address]] = {}
    for address in addresses:
        by_family.setdefault(address[0], []).append(address)
    return [address for address in chain(*zip_longest(*by_family.values())) if address]


async def _connected(address: Address) -> socket.socket:
    family, kind, protocol, _, where = address
    one = socket.socket(family, kind, protocol)
    try:
        one.setblocking(False)
        await asyncio.get_running_loop().sock_connect(one, where)
    except BaseException:
        one.close()
        raise
    return one


def _let_go(one: asyncio.Task[socket.socket]) -> None:
    """Close what a try that nobody waits for any more has opened."""
    if not one.cancelled() and one.exception() is None:
        one.result().close()


def address_of(peername: object) -> str:
    """Return the IP address of a socket's peer, which is host, port and more, or None where it had gone already."""
    if not isinstance(peername, tuple):
        return ""
    address = ipaddress.ip_address(peername[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)

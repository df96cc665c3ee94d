"""Sockets to a host: its addresses are tried in a race."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import deque
from collections.abc import Iterable
from itertools import chain, zip_longest

from ..names import Address

STAGGER = 0.25
"""Seconds that an address may keep the next one waiting (RFC 8305, section 5)."""


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

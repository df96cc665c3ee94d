"""Addresses of servers and databases, and which of them never leave the machine."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_UNIX_PATH = 107
"""Bytes that the address of a Unix socket may have on Linux (unix(7): 108 with the zero at the end)."""

_USUAL_PORTS = {"ws": 80, "wss": 443}


def is_loopback(host: str) -> bool:
    """Return whether what is sent to this host stays on the machine, so that it needs no encryption.

    For a name this is only a promise (RFC 6761, section 6.3): whoever connects or listens looks at its addresses.
    """
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_postgres(text: str) -> bool:
    """Return whether this is the address of a PostgreSQL database, and not the name of a file."""
    return text.startswith(("postgresql:", "postgres:"))


NOT_IN_ADDRESSES = "an address is seen in lists of processes and in logs: keep the password in a file of its own"


def has_password(url: str) -> bool:
    """Return whether a password stands in the address of a database, or may stand in what is none."""
    try:
        parts = urlsplit(url)
        return parts.password is not None or "password" in parse_qs(parts.query)
    except ValueError:
        return "@" in url


def host_and_port(host: str, port: int) -> str:
    """Write an address as it stands in a URL; an IPv6 address gets its brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def unix_path(url: str) -> str | None:
    """Return the path of the Unix socket that an address names, as `unix:/run/chat.sock` does, or None."""
    return url.removeprefix("unix:") if url.startswith("unix:/") else None


def plain_address(url: str) -> str:
    """Write a server's address in the one way in which it is compared, however it was spelt.

    What is no address stays as it is.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url
    if not host:
        return url
    where = host_and_port(host, port or _USUAL_PORTS.get(parts.scheme, 0))
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{where}{parts.path.rstrip('/')}{query}"


def behind_proxies(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the address of who is behind the proxies that are trusted; `forwarded` is what X-Forwarded-For says.

    It is the last one that no trusted proxy has: what stands before it, whoever connects may have written. Empty where
    a trusted proxy names nobody.
    """
    address = peer
    hops = [hop.strip() for hop in forwarded.split(",")]
    while is_in(address, trusted):
        address = _of_hop(hops.pop() if hops else "")
    return address


_port = re.compile(r"^(?:\[([^]]*)](?::\d+)?|([\d.]+):\d+)$").match


def _of_hop(hop: str) -> str:
    """Return the address that a proxy names, without the port that some proxies put behind it; empty for none."""
    found = _port(hop.strip('"'))
    try:
        return str(unmapped(ipaddress.ip_address((found[1] or found[2]) if found else hop)))
    except ValueError:
        return ""


def unmapped(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for (`::ffff:1.2.3.4`); any other as it is."""
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def is_in(address: str, networks: Sequence[Network]) -> bool:
    """Return whether an address belongs to one of the networks."""
    if not networks:
        return False
    try:
        parsed = unmapped(ipaddress.ip_address(address))
    except ValueError:
        return False
    return any(parsed in network for network in networks)

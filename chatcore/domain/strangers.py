"""Connections of which nobody is known yet: how many there may be, from one address and in all."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address
from typing import Generic, TypeVar

from .addresses import unmapped

C = TypeVar("C")

PER_ADDRESS = 50
"""Strangers of one address at the same time: an office behind one address gets in, since each is one for a moment."""

_NET = 64


def origin(address: str) -> str:
    """Return for whom an address counts: IPv6 by its /64, which is one customer's.

    Empty where it says nothing: without a network, and over the loopback, where it may be a proxy's.
    """
    try:
        parsed = unmapped(ip_address(address))
    except ValueError:
        return ""
    if parsed.is_loopback:
        return ""
    return str(parsed) if isinstance(parsed, IPv4Address) else str(int(parsed) >> _NET)


class Strangers(Generic[C]):
    """Keeps them in the order in which they came. The oldest makes room: who is honest is one for a moment only."""

    def __init__(self, most: int, per_address: int = PER_ADDRESS) -> None:
        self._most, self._per_address = most, per_address
        self._origins: dict[C, str] = {}
        self._by_origin: dict[str, dict[C, None]] = {}

    def __len__(self) -> int:
        return len(self._origins)

    def come(self, stranger: C, address: str) -> C | None:
        """Take in one more; return the one who has to go for it, and is none of these any more."""
        where = origin(address)
        neighbours = self._by_origin.get(where, {}) if where else {}
        leaves = None
        if len(neighbours) >= self._per_address:
            leaves = next(iter(neighbours))
        elif len(self._origins) >= self._most:
            leaves = self.oldest
        if leaves is not None:
            self.go(leaves)
        self._origins[stranger] = where
        self._by_origin.setdefault(where, {})[stranger] = None
        return leaves

    def go(self, stranger: C) -> None:
        """It is known now, or has left; nothing happens where it is none of these."""
        where = self._origins.pop(stranger, None)
        if where is not None:
            neighbours = self._by_origin[where]
            del neighbours[stranger]
            if not neighbours:
                del self._by_origin[where]

    @property
    def oldest(self) -> C | None:
        """The one who has been here longest."""
        return next(iter(self._origins), None)

"""What on this machine makes a try to connect worth while: it woke up, or has another network."""

from __future__ import annotations

import socket
from collections.abc import Callable

from ..client.client import ChatClient
from ..ports.clock import Clock

LOOK_EVERY = 1.0
"""Seconds between two looks at the machine."""

SLEPT = 5.0
"""By how many seconds the time of day must have run ahead of the monotonic clock, which stands still in sleep."""

_FAR_AWAY = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses that no machine has (RFC 5737, RFC 3849): nothing is sent to them, only a route is looked up."""

WaysOut = Callable[[], object]
"""Gives something that is equal for as long as the network is the same."""


async def rouse(client: ChatClient, clock: Clock, ways_out: WaysOut | None = None) -> None:
    """For ever: have a client try at once where it waits for its next try, when the machine gives reason to."""
    machine = Machine(clock, ways_out)
    while True:
        await clock.sleep(LOOK_EVERY)
        if machine.has_stirred():
            client.reconnect()


class Machine:
    """How the machine was at the last look. A clock that was set by hand counts as sleep: a try more does no harm."""

    def __init__(self, clock: Clock, ways_out: WaysOut | None = None) -> None:
        self._clock, self._ways_out = clock, ways_out or addresses_outwards
        self._ahead, self._ways = self._time_ahead(), self._ways_out()

    def has_stirred(self) -> bool:
        """Return whether it has slept since the last look, or its network is another one."""
        ahead, ways = self._time_ahead(), self._ways_out()
        has_slept, has_moved = ahead - self._ahead >= SLEPT, ways != self._ways
        self._ahead, self._ways = ahead, ways
        return has_slept or has_moved

    def _time_ahead(self) -> float:
        return self._clock.now_ms() / 1000 - self._clock.monotonic()


def addresses_outwards() -> tuple[str, ...]:
    """Return under which addresses this machine would send something far away; empty ones where it cannot."""
    return tuple(_address_towards(family, far) for family, far in _FAR_AWAY)


def _address_towards(family: socket.AddressFamily, far: str) -> str:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""

"""What a service manager such as systemd gives a server, and is told by it: sockets, and how it is."""

from __future__ import annotations

import socket
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Self

import attrs

from chatcore.ports.clock import Clock

_FIRST = 3
"""The first descriptor that is handed over (sd_listen_fds(3))."""


def handed_over(environment: MutableMapping[str, str], process: int) -> tuple[socket.socket, ...]:
    """Take the sockets that a manager listens on for this process; none where there are none.

    Nobody who is started from here takes them once more. Raises OSError where one of them is none that listens.
    """
    listed, number = environment.pop("LISTEN_PID", ""), environment.pop("LISTEN_FDS", "")
    environment.pop("LISTEN_FDNAMES", None)
    if listed != str(process) or not number.isdecimal():
        return ()
    sockets = tuple(socket.socket(fileno=descriptor) for descriptor in range(_FIRST, _FIRST + int(number)))
    for one in sockets:
        one.set_inheritable(False)
        _check(one)
    return sockets


def _check(one: socket.socket) -> None:
    if one.type != socket.SOCK_STREAM or not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        msg = "what the service manager hands over is no socket that listens (ListenStream= makes one)"
        raise OSError(None, msg)


@attrs.frozen
class ServiceManager:
    """Whoever has started this process and wants to know how it is; nobody, where it has no address."""

    address: str = ""
    interval: float | None = None
    "Seconds after which it takes a process that says nothing for dead."

    @classmethod
    def of(cls, environment: MutableMapping[str, str], process: int) -> Self:
        """Return the one that the environment names, and none to those who are started from here."""
        address, patience = environment.pop("NOTIFY_SOCKET", ""), environment.pop("WATCHDOG_USEC", "")
        is_watched = environment.pop("WATCHDOG_PID", str(process)) == str(process)
        return cls(address, int(patience) / 1e6 if address and is_watched and patience.isdecimal() else None)

    def tell(self, state: str) -> None:
        """Tell it in the words of sd_notify(3); who does not hear is told nothing."""
        if not self.address or not hasattr(socket, "AF_UNIX"):
            return
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
            one.setblocking(False)
            one.sendto(state.encode(), address)

    async def keep_alive(self, clock: Clock) -> None:
        """Say again and again that the process works, where somebody waits for it; for ever."""
        while self.interval is not None:
            await clock.sleep(self.interval / 2)
            self.tell("WATCHDOG=1")

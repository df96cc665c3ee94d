"""Looks for a server on this machine, and starts one, without the window waiting for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from subprocess import Popen

from chatcore.home import local_server
from chatcore.home.desk_observer import HandOver
from chatcore.home.local_server import NotStarted
from chatcore.ports.clock import Clock

from .network import Network


class Starter:
    """Does in the network's thread what takes a while, and tells what became of it in the window's."""

    def __init__(self, network: Network, hand_over: HandOver, clock: Clock, log: Path) -> None:
        """`log`: the file for what a started server says."""
        self._network, self._hand_over, self._clock, self._log = network, hand_over, clock, log
        self.process: Popen[bytes] | None = None
        "The server that was started; it lives on."

    def look_for(self, server: str, missing: Callable[[], None]) -> None:
        """Find out whether a server could be started at this address because none listens there."""
        self._network.call(lambda: self._network.spawn(self._look_for(server, missing)))

    @property
    def running(self) -> int | None:
        """The process of the server that was started from here, now or earlier, and still runs."""
        return local_server.running(self._log.parent)

    def start(self, server: str, done: Callable[[str], None]) -> None:
        """Start one. `done` is told why it did not come up; nothing where it listens."""
        self._network.call(lambda: self._network.spawn(self._start(server, done)))

    async def _look_for(self, server: str, missing: Callable[[], None]) -> None:
        if await local_server.is_missing(server, self._clock):
            self._hand_over(missing)

    async def _start(self, server: str, done: Callable[[str], None]) -> None:
        try:
            self.process = await local_server.start(server, self._log, self._clock)
        except (NotStarted, OSError) as error:
            self._hand_over(partial(done, str(error)))
        else:
            self._hand_over(partial(done, ""))

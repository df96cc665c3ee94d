"""A call in the window's thread each second, however the machine's clock is set meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from chatcore.home.desk_observer import HandOver
from chatcore.ports.clock import Clock

from .network import Network

PAUSE = 1.0
"""Seconds between two beats."""


class Beat:
    """Beats in the network's thread: Tk's own timers go by the time of day, and wait where that is put back."""

    def __init__(self, network: Network, hand_over: HandOver, clock: Clock) -> None:
        self._network, self._hand_over, self._clock = network, hand_over, clock

    def start(self, call: Callable[[], None]) -> None:
        """Begin to call, until the network ends."""
        self._network.call(lambda: self._network.spawn(self._beat(call)))

    async def _beat(self, call: Callable[[], None]) -> None:
        while True:
            await self._clock.sleep(PAUSE)
            self._hand_over(call)

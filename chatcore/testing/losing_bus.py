"""A bus that loses, doubles, delays and swaps what hosts tell each other, or tells nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from random import Random

from ..adapters.local_bus import LocalBus
from ..ports.bus import BusListener, Hint
from ..ports.clock import Clock

LATE = 2.0
"""Seconds that a hint is late at most."""


class LosingBus:
    """Joins hosts on one event loop."""

    def __init__(self, clock: Clock, seed: int, background: Callable[[Coroutine[object, object, None]], None]) -> None:
        self._clock, self._chance, self._background = clock, Random(seed), background
        self._inner = LocalBus()
        self.is_dead: bool = False
        "While true everything is lost."

    def publish(self, hints: Sequence[Hint], publisher: object) -> None:
        """See Bus."""
        for hint in hints:
            luck = self._chance.random()
            times = 1 if luck < 0.7 else 2 if luck < 0.85 else 0
            for _ in range(0 if self.is_dead else times):
                self._background(self._tell(hint, publisher))

    async def _tell(self, hint: Hint, publisher: object) -> None:
        if self._chance.random() < 0.3:
            await self._clock.sleep(self._chance.random() * LATE)
        self._inner.publish([hint], publisher)

    def subscribe(self, subscriber: object, listener: BusListener) -> Callable[[], None]:
        """See Bus."""
        return self._inner.subscribe(subscriber, listener)

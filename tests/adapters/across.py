"""Two buses of two servers, which a contract takes for one: what is published at one comes to the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chatcore.ports.bus import Bus, BusListener, Hint


class Across:
    """Whoever does not listen publishes at another server."""

    def __init__(self, here: Bus, there: Bus) -> None:
        self._here, self._there = here, there
        self._listening: set[int] = set()

    def publish(self, hints: Sequence[Hint], publisher: object) -> None:
        bus = self._here if id(publisher) in self._listening else self._there
        bus.publish(hints, publisher)

    def subscribe(self, subscriber: object, listener: BusListener) -> Callable[[], None]:
        self._listening.add(id(subscriber))
        return self._here.subscribe(subscriber, listener)

"""The observers of a client, each told of everything once and in order."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable

from .observer import Observer

log = logging.getLogger(__name__)

Note = Callable[[Observer], None]
"""Something that observers are told: calls one method of one observer."""


class Audience:
    """Tells observers. What comes up while it tells (an observer may call the client) is told after that, not within.

    Otherwise an observer would hear of the newer change first, and changes applied would not be the list.
    """

    def __init__(self) -> None:
        self._observers: list[Observer] = []
        self._letters: deque[tuple[tuple[Observer, ...], Note]] = deque()
        self._is_telling = False

    def add(self, observer: Observer, first: Iterable[Note]) -> Callable[[], None]:
        """Tell this observer too from now on, beginning with `first`. Returns what ends it."""
        self._observers.append(observer)
        self._send((observer,), first)
        return lambda: self._observers.remove(observer) if observer in self._observers else None

    def tell(self, notes: Iterable[Note]) -> None:
        """Tell those who observe now."""
        self._send(tuple(self._observers), notes)

    def _send(self, observers: tuple[Observer, ...], notes: Iterable[Note]) -> None:
        self._letters.extend((observers, note) for note in notes)
        if self._is_telling:
            return
        self._is_telling = True
        try:
            while self._letters:
                self._deliver(*self._letters.popleft())
        finally:
            self._is_telling = False

    def _deliver(self, observers: tuple[Observer, ...], note: Note) -> None:
        for observer in observers:
            if observer in self._observers:
                try:
                    note(observer)
                except Exception:
                    log.exception("an observer raised")

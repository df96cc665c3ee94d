"""The observers of a client, each told of everything once and in order."""

from __future__ import annotations

import inspect
import logging
from collections import deque
from collections.abc import Callable, Iterable

import attrs

from .observer import Observer

log: logging.Logger = logging.getLogger(__name__)

Note = Callable[[Observer], object]
"""Something that observers are told: calls one method of one observer."""


@attrs.define(eq=False)
class _Seat:
    """A place in the audience. Two observers that are equal, or one that comes twice, have two."""

    observer: Observer
    is_taken: bool = True


class Audience:
    """Tells observers. What comes up while it tells (an observer may call the client) is told after that, not within.

    Otherwise an observer would hear of the newer change first, and changes applied would not be the list.
    """

    def __init__(self) -> None:
        self._seats: list[_Seat] = []
        self._letters: deque[tuple[tuple[_Seat, ...], Note]] = deque()
        self._is_telling = False

    def add(self, observer: Observer, first: Iterable[Note]) -> Callable[[], None]:
        """Tell this observer too from now on, beginning with `first`. Returns what ends it."""
        seat = _Seat(observer)
        self._seats.append(seat)

        def leave() -> None:
            if seat.is_taken:
                seat.is_taken = False
                self._seats.remove(seat)

        self._send((seat,), first)
        return leave

    def tell(self, notes: Iterable[Note]) -> None:
        """Tell those who observe now."""
        self._send(tuple(self._seats), notes)

    def _send(self, seats: tuple[_Seat, ...], notes: Iterable[Note]) -> None:
        self._letters.extend((seats, note) for note in notes)
        if self._is_telling:
            return
        self._is_telling = True
        try:
            while self._letters:
                self._deliver(*self._letters.popleft())
        finally:
            self._is_telling = False

    def _deliver(self, seats: tuple[_Seat, ...], note: Note) -> None:
        for seat in seats:
            if seat.is_taken:
                try:
                    _tell(seat.observer, note)
                except (KeyboardInterrupt, SystemExit):
                    raise
                except BaseException:  # a cancellation, too: nothing is awaited here, so nobody has cancelled anything
                    log.exception("an observer raised")


def _tell(observer: Observer, note: Note) -> None:
    answer = note(observer)
    if inspect.iscoroutine(answer):
        answer.close()
        raise TypeError("a method of an observer gave a coroutine, which nobody awaits: start it as a task")

"""Frames on their way out, sorted by connection: one write for each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from ..domain.ids import UserId
from ..ports.transport import OutFrame
from ..wire import frames as f

Encode = Callable[[f.ServerFrame], bytes]


class Listener(Protocol):
    """A connection, as it is told what happens."""

    def put(self, frames: Sequence[OutFrame]) -> None:
        """Send frames in one write."""


class Audience(Protocol):
    """Who is logged in."""

    @property
    def everybody(self) -> Collection[Listener]:
        """All connections of all users."""

    @property
    def by_user(self) -> Mapping[UserId, Collection[Listener]]:
        """The connections of each user who has any."""


class Mail:
    """What is to be sent in one go."""

    def __init__(self) -> None:
        self._by_listener: dict[Listener, tuple[OutFrame] | list[OutFrame]] = {}

    def put(self, listener: Listener, frame: OutFrame) -> None:
        """Add a frame for one connection."""
        self.add((listener,), frame)

    def add(self, listeners: Iterable[Listener], frame: OutFrame, but: Listener | None = None) -> None:
        """Add a frame for several connections, without one that hears of it in another way."""
        alone = (frame,)  # what most of a large audience get: one for all of them
        for listener in listeners:
            if listener is but:
                continue
            frames = self._by_listener.setdefault(listener, alone)
            if frames is alone:
                continue
            if isinstance(frames, list):
                frames.append(frame)
            else:
                self._by_listener[listener] = [*frames, frame]

    def send(self) -> None:
        """Send everything, one write for each connection."""
        for listener, frames in self._by_listener.items():
            listener.put(frames)

"""The bounded bytes that wait for one connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..ports.transport import Link, OutFrame

MAX_BYTES = 256 * 1024
MAX_FRAMES = 1_024
SLICE = 64 * 1024
"""Bytes after which the backlog is looked at again: a commit of many long messages is megabytes."""


class SendQueue:
    """Hands frames to a link in order, and cuts a link whose peer does not read.

    Frames are never dropped from the middle: the peer of a cut link catches up from the log. While held, frames wait
    behind the snapshot that is still to come.
    """

    def __init__(self, link: Link, *, max_bytes: int = MAX_BYTES, max_frames: int = MAX_FRAMES) -> None:
        self._link = link
        self._max_bytes, self._max_frames = max_bytes, max_frames
        self._allowance = 0
        "Bytes of the snapshot, while it is on its way."
        self._held: list[OutFrame] | None = None
        self._held_bytes = 0
        self.is_cut = False

    def hold(self) -> None:
        """Keep what comes from now on until `release`."""
        self._held = []

    def release(self, first: OutFrame) -> None:
        """Send `first`, then what was kept. However large `first` is, it does not count until it has left."""
        held, self._held, self._held_bytes = self._held or [], None, 0
        self._allowance = len(first.data)
        self._send([first, *held])

    def forget(self) -> None:
        """Throw away what was kept: there is no snapshot."""
        self._held, self._held_bytes = None, 0

    def put(self, frames: Sequence[OutFrame]) -> None:
        """Send frames in one write, or keep them."""
        if self._held is None:
            self._send(frames)
            return
        self._held.extend(frames)
        self._held_bytes += sum(len(frame.data) for frame in frames)
        if len(self._held) > self._max_frames or self._held_bytes > self._max_bytes:
            self._cut()

    def _send(self, frames: Sequence[OutFrame]) -> None:
        for part in _slices(frames):
            if self.is_cut:
                return
            self._link.write(part)
            waiting = self._link.backlog()
            if waiting > self._max_bytes + self._allowance:
                self._cut()
            elif waiting <= self._max_bytes:
                self._allowance = 0

    def _cut(self) -> None:
        self.is_cut = True
        self._held = None
        self._link.abort()


def _slices(frames: Sequence[OutFrame]) -> Iterable[Sequence[OutFrame]]:
    """Cut frames into parts of about SLICE bytes; most often they are one."""
    first = size = 0
    for at, frame in enumerate(frames, 1):
        size += len(frame.data)
        if size >= SLICE:
            yield frames[first:at]
            first, size = at, 0
    if first < len(frames):
        yield frames[first:] if first else frames

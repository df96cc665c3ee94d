"""The bounded bytes that wait for one connection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..domain.figures import Meter
from ..ports.transport import Link, OutFrame

MAX_BYTES = 192 * 1024
MAX_FRAMES = 1_024
SLICE = 64 * 1024
"""Bytes that are written at once, at most, before the backlog is looked at again."""


class SendQueue:
    """Hands frames to a link in order, and cuts a link whose peer does not read.

    A peer is judged by what is left of all that was written before: since then it had a turn to read. What comes in one
    turn may be as much again; more than that is kept for nobody. Frames are never dropped from the middle: the peer of
    a cut link catches up from the log. While held, frames wait behind the snapshot that is still to come.
    """

    def __init__(
        self, link: Link, *, max_bytes: int = MAX_BYTES, max_frames: int = MAX_FRAMES, meter: Meter | None = None
    ) -> None:
        self._link = link
        self._meter = meter or Meter()
        self._max_bytes, self._max_frames = max_bytes, max_frames
        self._allowance = 0
        "Bytes of the snapshot, while it is on its way."
        self._held: list[OutFrame] | None = None
        self._held_bytes = 0
        self.is_cut: bool = False

    def hold(self) -> None:
        """Keep what comes from now on until `release`."""
        self._held = []

    def release(self, first: OutFrame) -> None:
        """Send `first`, then what was kept. However large `first` is, it does not count until it has left."""
        held, self._held, self._held_bytes = self._held or [], None, 0
        waiting = self._judge()
        self._allowance = len(first.data)
        self._send([first, *held], waiting)

    def forget(self) -> None:
        """Throw away what was kept: there is no snapshot."""
        self._held, self._held_bytes = None, 0

    def put(self, frames: Sequence[OutFrame]) -> None:
        """Send frames in one write, or keep them."""
        if self._held is None:
            self._send(frames, self._judge())
            return
        self._held.extend(frames)
        self._held_bytes += sum(len(frame.data) for frame in frames)
        if len(self._held) > self._max_frames or self._held_bytes > self._max_bytes:
            self._cut()

    def _judge(self) -> int:
        """Return how much the peer has left waiting; cut it where that is too much."""
        waiting = self._link.backlog()
        if waiting > self._max_bytes + self._allowance:
            self._cut()
        elif waiting <= self._max_bytes:
            self._allowance = 0
        return waiting

    def _send(self, frames: Sequence[OutFrame], waiting: int) -> None:
        most = 2 * self._max_bytes + self._allowance
        if self.is_cut:
            return
        size = len(frames[0].data) if len(frames) == 1 else sum([len(frame.data) for frame in frames])
        if waiting + size <= most:
            self._link.write(frames)
            return
        for size, part in _slices(frames):  # of a commit of many long messages the link may take some at once
            if waiting and waiting + size > most:
                self._cut()
                return
            self._link.write(part)
            waiting = self._link.backlog()

    def _cut(self) -> None:
        if not self.is_cut:
            self._meter.cut += 1
        self.is_cut = True
        self._held = None
        self._link.abort()


def _slices(frames: Sequence[OutFrame]) -> Iterator[tuple[int, Sequence[OutFrame]]]:
    """Cut frames into parts of SLICE bytes at most, or one frame that is longer; give each with its size."""
    first = size = 0
    for at, frame in enumerate(frames):
        if size and size + len(frame.data) > SLICE:
            yield size, frames[first:at]
            first, size = at, 0
        size += len(frame.data)
    yield size, frames[first:]

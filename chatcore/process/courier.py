"""Bytes that a thread of their own brings to a stream, so that a reader who is slow or gone holds nobody up."""

from __future__ import annotations

import io
import select
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Self

ROOM = 256 * 1024
"""Bytes that may wait; what does not fit is dropped and counted."""

PATIENCE = 1.0
"""Seconds that what waits may take at the end."""

_ATONCE = 4096  # bytes: so much a pipe takes as one piece (pipe(7), PIPE_BUF)


class Courier:
    """Writes to a stream what it is given, in order (`with`). Giving never waits, and never fails."""

    def __init__(
        self,
        stream: io.RawIOBase,
        *,
        told: Callable[[int], bytes] = lambda _: b"",
        lost: Callable[[OSError], object] = lambda _: None,
    ) -> None:
        """`told` makes what stands in place of a number of dropped pieces; `lost` hears, in the thread, what failed."""
        self._stream = stream
        self._told, self._lost = told, lost
        self._pieces: deque[bytes] = deque()
        self._waiting = self._dropped = 0
        self._stirred = Condition()
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def put(self, piece: bytes) -> None:
        """Have a piece written. Any thread may do this, at any time."""
        with self._stirred:
            if not piece:
                return
            if self._waiting + len(piece) > ROOM:
                self._dropped += 1
                return
            self._pieces.append(piece)
            self._waiting += len(piece)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="courier", daemon=True)
                self._thread.start()
            self._stirred.notify_all()

    def finish(self, patience: float = PATIENCE) -> bool:
        """Wait until everything is written, for at most this many seconds; tell whether it is."""
        with self._stirred:
            return self._stirred.wait_for(lambda: self._waiting == 0, patience)

    def _run(self) -> None:
        while True:
            with self._stirred:
                self._stirred.wait_for(lambda: self._pieces)
                pieces = self._next()
            try:
                write_all(self._stream, b"".join(pieces))
            except OSError as error:
                self._lost(error)
            self._done(pieces)

    def _next(self) -> list[bytes]:
        """Take what goes in one write: one piece, and what else fits."""
        pieces: list[bytes] = []
        size = 0
        while self._pieces and (not pieces or size + len(self._pieces[0]) <= _ATONCE):
            pieces.append(self._pieces.popleft())
            size += len(pieces[-1])
        return pieces

    def _done(self, pieces: list[bytes]) -> None:
        with self._stirred:
            self._waiting -= sum(map(len, pieces))
            if self._dropped and not self._pieces:
                notice, self._dropped = self._told(self._dropped), 0
                self._pieces.append(notice)
                self._waiting += len(notice)
            self._stirred.notify_all()


def write_all(stream: io.RawIOBase, data: bytes) -> None:
    """Write everything, however long the reader takes. Raises OSError.

    A raw stream has no lock, which a thread could hold when the interpreter ends.
    """
    rest = memoryview(data)
    while rest:
        count = stream.write(rest)
        if count is None:  # somebody who shares it has it so that it does not wait
            select.select([], [stream], [])
        else:
            rest = rest[count:]

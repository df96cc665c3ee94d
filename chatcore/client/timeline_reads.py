"""What is known of who has read a timeline's messages, and what of it is still to be asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from ..domain.read_states import Run
from ..wire.limits import MAX_STRETCH


class TimelineReads:
    """Which messages the user has read, and how many others have read theirs.

    Marks and readers only ever grow, so what is told early or twice does no harm. Methods give the seqs for which
    something has changed.

    `version`
        Every mark up to this one is known here. It grows by the next mark, or by asking for all that is held.
    `_read`, `_readers`
        Seqs that the user has read; for a seq of theirs, how many others have.
    `_former_read`, `_former_readers`
        What the server told before it began another generation: shown until it has told this anew. Empty otherwise.
    `_refreshing`
        None where nothing is to be asked for; else the seq up to which it is (downwards, a stretch at a time), and the
        version of the first answer, -1 before that: the whole is as of the first answer, the oldest.
    """

    def __init__(self) -> None:
        self.version: int = -1
        self._read: set[int] = set()
        self._readers: dict[int, int] = {}
        self._former_read: set[int] = set()
        self._former_readers: dict[int, int] = {}
        self._refreshing: tuple[int, int] | None = None

    def is_read(self, seq: int) -> bool:
        """Return whether the user has read it."""
        return seq in self._read or seq in self._former_read

    def readers(self, seq: int) -> int:
        """Return how many others have read it."""
        return max(self._readers.get(seq, 0), self._former_readers.get(seq, 0))

    @property
    def known(self) -> int:
        """How many marks and readers are known: what they cost."""
        return len(self._read) + len(self._readers)

    # ---- what is told

    def mark(self, runs: Iterable[Run]) -> set[int]:
        """The user has read these."""
        new = {seq for first, end in runs for seq in range(first, end + 1)} - self._read
        self._read |= new
        return new

    def mark_next(self, runs: Iterable[Run], version: int) -> set[int]:
        """The user has read these, which makes the version; a version in between is missed and asked for later."""
        if version == self.version + 1:
            self.version = version
        return self.mark(runs)

    def receive(self, receipts: Iterable[tuple[int, int]]) -> list[int]:
        """So many others have read these."""
        new = [(seq, readers) for seq, readers in receipts if readers > self._readers.get(seq, 0)]
        self._readers.update(new)
        return [seq for seq, _ in new]

    def loaded(self, version: int) -> None:
        """All that is held came on one page, with what is read of it as of the version."""
        self.version = max(self.version, version)

    def prepended(self, version: int) -> None:
        """An older page came too: marks that were made after it was read may be missing on it."""
        self.version = min(self.version, version)

    # ---- what is to be asked for

    def is_behind(self, told: int) -> bool:
        """Return whether something is to be asked for, where marks up to the version `told` were made."""
        return self.version < told or self._refreshing is not None

    def refresh(self, last: int) -> None:
        """Ask for all up to a seq again: readers may have come while the connection was away."""
        self._refreshing = (last, -1)

    def renew(self, first: int, last: int) -> None:
        """Marks and readers may be others than those that were told: what is told anew takes their place."""
        self._former_read |= self._read
        self._former_readers |= self._readers
        self._forget_former(lambda seq: first <= seq <= last)
        self._read, self._readers = set(), {}
        self.version = -1

    def next_stretch(self, first: int, last: int) -> Run:
        """Return the seqs to ask about next, of those from `first` to `last` that are held."""
        if self._refreshing is None:
            self._refreshing = (last, -1)
        end = self._refreshing[0]
        return max(first, end - MAX_STRETCH + 1), end

    def refreshed(self, stretch: Run, version: int, first: int) -> set[int]:
        """The answer about a stretch came, as of a version; `first` is the oldest seq that is held."""
        forgotten = self._forget_former(lambda seq: not stretch[0] <= seq <= stretch[1])
        if self._refreshing is None or self._refreshing[0] != stretch[1]:
            return forgotten
        as_of = version if self._refreshing[1] < 0 else self._refreshing[1]
        if stretch[0] <= first:
            self._refreshing = None
            self.version = max(self.version, as_of)
        else:
            self._refreshing = (stretch[0] - 1, as_of)
        return forgotten

    # ---- what is let go

    def trim(self, first: int, last: float = math.inf) -> None:
        """Nothing older than the first is held any more, and nothing beyond the last is to be held."""
        self._read = {seq for seq in self._read if first <= seq <= last}
        self._readers = {seq: readers for seq, readers in self._readers.items() if first <= seq <= last}
        self._forget_former(lambda seq: first <= seq <= last)
        if self._refreshing is not None and self._refreshing[0] < first:
            self.version, self._refreshing = max(self.version, self._refreshing[1]), None

    def unload(self) -> None:
        """Nothing is held any more; what comes next is told with what is read of it."""
        self.version, self._refreshing = -1, None
        self._former_read, self._former_readers = set(), {}

    def _forget_former(self, stays: Callable[[int], bool]) -> set[int]:
        """Keep only some of what was told of another generation; give what is forgotten."""
        gone = {seq for seq in self._former_read | self._former_readers.keys() if not stays(seq)}
        self._former_read -= gone
        for seq in gone:
            self._former_readers.pop(seq, None)
        return gone

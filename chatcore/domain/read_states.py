"""Which messages somebody has read: a cursor and runs above it, like TCP's cumulative and selective acknowledgements.

Source of the shape: RFC 9293 (cumulative acknowledgement) and RFC 2018 (selective acknowledgement).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

import attrs

Run = tuple[int, int]
"""The seqs from the first to the second, both included."""


@attrs.frozen
class ReadState:
    """What one member has read of one conversation.

    Every seq up to `cursor` and every seq in `runs` is read or the member's own. Own messages never need a mark:
    the cursor and the runs step over them when a mark is made.
    """

    cursor: int = 0
    runs: tuple[Run, ...] = ()
    "In order, apart from each other and from the cursor by at least one unread message."
    read: int = 0
    "How many messages of others are read; what was written before joining counts as read."
    version: int = 0
    "Raised by each mark that changes something."

    @classmethod
    def joining(cls, seq: int, live: int) -> ReadState:
        """The state of whoever joins when the conversation has come to `seq`: all before is history, not unread."""
        return cls(cursor=seq, read=live)

    def has(self, seq: int) -> bool:
        """Return whether the message is covered by the cursor or a run."""
        if seq <= self.cursor:
            return True
        at = bisect_left(self.runs, (seq + 1,)) - 1
        return at >= 0 and self.runs[at][1] >= seq

    def mark(self, seqs: Iterable[int], own_before: Mapping[int, int]) -> tuple[ReadState, tuple[int, ...]]:
        """Mark messages of others, in any order; give the new state and those that were not read before.

        `own_before[seq]` is how many of the member's own messages stand directly before `seq`.
        """
        new = tuple(sorted({seq for seq in seqs if not self.has(seq)}))
        if not new:
            return self, ()
        runs = list(self.runs)
        for seq in new:
            _insert(runs, (seq - own_before[seq], seq))
        cursor = self.cursor
        while runs and runs[0][0] <= cursor + 1:
            cursor = max(cursor, runs.pop(0)[1])
        return ReadState(cursor, tuple(runs), self.read + len(new), self.version + 1), new

    def clipped(self, first: int, last: int) -> tuple[Run, ...]:
        """Return what is covered between two seqs, both included."""
        near = self.runs[max(0, bisect_left(self.runs, (first,)) - 1) : bisect_left(self.runs, (last + 1,))]
        within = [(max(a, first), min(b, last)) for a, b in ((1, self.cursor), *near)]
        return tuple((a, b) for a, b in within if a <= b)


def _insert(runs: list[Run], run: Run) -> None:
    """Put a run among runs that are in order and apart, joining those that it touches."""
    first, end = run
    at = bisect_left(runs, (first,))
    if at and runs[at - 1][1] >= first - 1:
        at -= 1
    until = at
    while until < len(runs) and runs[until][0] <= end + 1:
        first, end = min(first, runs[until][0]), max(end, runs[until][1])
        until += 1
    runs[at:until] = [(first, end)]


def runs_of(seqs: Iterable[int]) -> tuple[Run, ...]:
    """Return the shortest runs that cover just these seqs."""
    runs: list[Run] = []
    for seq in sorted(seqs):
        _insert(runs, (seq, seq))
    return tuple(runs)

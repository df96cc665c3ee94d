"""Which messages somebody has read: a cursor and runs above it, like TCP's cumulative and selective acknowledgements.

Source of the shape: RFC 9293 (cumulative acknowledgement) and RFC 2018 (selective acknowledgement).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

import attrs

from ..errors import Empty, NotFound, TooLong
from .ids import ConversationId, UserId
from .messages import Last, Message, last

MAX_MARKS = 500

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
        """The state of one who joins when the conversation has come to `seq`: all before is history, not unread."""
        return cls(cursor=seq, read=live)

    def has(self, seq: int) -> bool:
        """Tell whether the message is covered by the cursor or a run."""
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
        """Give what is covered between two seqs, both included."""
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
    """Give the shortest runs that cover just these seqs."""
    runs: list[Run] = []
    for seq in sorted(seqs):
        _insert(runs, (seq, seq))
    return tuple(runs)


@attrs.frozen
class Tally:
    """The absolute numbers of one conversation for one member. Nobody adds or subtracts one.

    `seq`, `live`, `own` and `last` are as of `seq`; `read` is as of `version`: the greater wins, whatever comes first.
    """

    conversation: ConversationId
    seq: int = 0
    "The last message's; 0 where there is none."
    live: int = 0
    "How many messages count."
    own: int = 0
    "How many of those are the member's own."
    last: Last | None = None
    read: int = 0
    "How many messages of others the member has read."
    version: int = -1
    "Of the read state; -1 where nothing is known of it."

    @property
    def unread(self) -> int:
        """How many messages of others the member has not read."""
        return max(0, self.live - self.own - self.read)

    def after(self, message: Message, member: UserId) -> Tally:
        """Give the tally with the message that comes next (`message.seq == seq + 1`)."""
        own = message.own if message.sender == member else self.own
        return attrs.evolve(self, seq=message.seq, live=message.live, own=own, last=last(message))

    def merged(self, other: Tally) -> Tally:
        """Give what both know together: each half is taken from the one that is further."""
        head = other if other.seq > self.seq else self
        reading = other if other.version > self.version else self
        return attrs.evolve(head, read=reading.read, version=reading.version)


@attrs.frozen(eq=False)
class NewMarks:
    """The request to mark messages as read. Checked when it is made; own messages among them are passed over."""

    reader: UserId
    conversation: ConversationId
    seqs: tuple[int, ...]
    origin: object = None
    "Handed back untouched with the outcome: says who waits for it."

    def __attrs_post_init__(self) -> None:
        if not self.seqs:
            msg = "no message is named"
            raise Empty(msg, field="seqs")
        if len(self.seqs) > MAX_MARKS:
            msg = f"at most {MAX_MARKS} messages can be marked at once, these are {len(self.seqs)}"
            raise TooLong(msg, field="seqs")
        if min(self.seqs) < 1:
            raise NotFound(field="seqs")

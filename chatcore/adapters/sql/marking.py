"""What a batch of marks changes in read states and counts of readers: decided in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import attrs

from ...domain.events import MessagesRead
from ...domain.ids import ConversationId, UserId
from ...domain.marks import NewMarks
from ...domain.read_states import ReadState, Run
from ...domain.tallies import Tally
from ...errors import NotFound
from ...ports.commits import Marked, Outcome, Refused

Member = tuple[UserId, ConversationId]


@attrs.define
class Found:
    """A message of somebody else that is to be marked."""

    number: int
    "Its key in the table."
    sender: UserId
    own_before: int
    "How many messages of the reader stand directly before it."


class Marking:
    """The read states and counts of readers that a batch of marks leads to: decided in memory.

    Of each read state only those runs are here that the marks can touch.
    """

    def __init__(self) -> None:
        self.tallies: dict[Member, Tally] = {}
        self.states: dict[Member, ReadState] = {}
        self.runs: dict[Member, tuple[Run, ...]] = {}
        "As they are stored."
        self.changed: set[Member] = set()
        self.found: dict[tuple[Member, int], Found] = {}
        self.readers: dict[int, int] = {}
        "How many have read a message, by its key in the table, where they are counted."
        self.recounted: dict[int, None] = {}
        "The keys of those that were counted anew, in order: so they are written."

    def unread(self, changes: Iterable[NewMarks]) -> list[tuple[Member, int]]:
        """Return those of the messages to mark that exist and are not known to be read."""
        wanted = {((c.reader, c.conversation), seq) for c in changes if not self._is_beyond(c) for seq in c.seqs}
        return [(member, seq) for member, seq in wanted if not self.states[member].has(seq)]

    def dropped_runs(self) -> list[tuple[UserId, ConversationId, int]]:
        """Return the stored runs that are there no more, by where they began."""
        left = {(member, first) for member in self.changed for first, _ in self.states[member].runs}
        stored = ((member, first) for member in self.changed for first, _ in self.runs.get(member, ()))
        return [(*member, first) for member, first in stored if (member, first) not in left]

    def new_runs(self) -> list[tuple[UserId, ConversationId, int, int]]:
        """Return the runs that are not stored as they are."""
        stored = {(member, run) for member in self.changed for run in self.runs.get(member, ())}
        runs = ((member, run) for member in self.changed for run in self.states[member].runs)
        return [(*member, *run) for member, run in runs if (member, run) not in stored]

    def mark(self, change: NewMarks) -> Outcome:
        """Decide about one request."""
        if self._is_beyond(change):
            return Refused(change, NotFound(field="seqs"))
        member = change.reader, change.conversation
        others = {seq: self.found[member, seq] for seq in change.seqs if (member, seq) in self.found}
        state, new = self.states[member].mark(others, {seq: m.own_before for seq, m in others.items()})
        tally = self.tallies[member].having_read(state.read, state.version)
        if not new:
            return Marked(change, tally, None)
        self.states[member] = state
        self.changed.add(member)
        receipts: defaultdict[UserId, dict[int, int]] = defaultdict(dict)
        for seq in new:
            receipts[others[seq].sender][seq] = self._count(others[seq].number)
        return Marked(change, tally, MessagesRead(change.reader, tally, new, dict(receipts)))

    def _is_beyond(self, change: NewMarks) -> bool:
        return max(change.seqs) > self.tallies[change.reader, change.conversation].seq

    def _count(self, number: int) -> int:
        """Return how many have read the message now: one where they are not counted, the partner."""
        if number not in self.readers:
            return 1
        self.readers[number] += 1
        self.recounted[number] = None
        return self.readers[number]

"""Marks: what a batch of them changes in read states and counts of readers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

import attrs

from ...domain.conversations import Conversation
from ...domain.events import MessagesRead
from ...domain.ids import ConversationId, UserId
from ...domain.marks import NewMarks
from ...domain.read_states import ReadState, Run
from ...domain.tallies import Tally
from ...errors import NotFound
from ...ports.commits import Marked, Outcome, Refused
from .database import Database
from .tallies import WIDTH, select, tally_of

Member = tuple[UserId, ConversationId]

_STANDINGS = select(
    "select json_extract(value, '$[0]'), json_extract(value, '$[1]'), key from json_each(?)",
    ", r.cursor, w.place",
)

# The runs around each message to mark: the only ones that it can be in, or touch.
_RUNS = """
with wanted as materialized (
  select json_extract(value, '$[0]') as user, json_extract(value, '$[1]') as conversation,
    json_extract(value, '$[2]') as seq from json_each(?)
)
select distinct r.user, r.conversation, r.first, r.last from wanted w
cross join run r on r.user = w.user and r.conversation = w.conversation and r.first in (
  (select max(first) from run where user = w.user and conversation = w.conversation and first <= w.seq),
  (select min(first) from run where user = w.user and conversation = w.conversation and first > w.seq))
"""

# Those of the messages to mark that are not the reader's own, and how many own ones stand directly before each. Own
# ones below the cursor need not be counted: so each is passed over once, however often something is marked.
_MESSAGES = """
with wanted as materialized (
  select key as place, json_extract(value, '$[0]') as user, json_extract(value, '$[1]') as conversation,
    json_extract(value, '$[2]') as seq, json_extract(value, '$[3]') as cursor from json_each(?)
)
select w.place, m.number, m.sender, m.readers, w.seq - 1 - coalesce(
    (select b.seq from message b where b.conversation = w.conversation and b.seq < w.seq and b.seq > w.cursor
      and b.sender <> w.user order by b.seq desc limit 1), w.cursor)
from wanted w cross join message m on m.conversation = w.conversation and m.seq = w.seq and m.sender <> w.user
"""

_KEEP_STATES = """
insert into reading (user, conversation, cursor, read, version)
select json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
  json_extract(value, '$[3]'), json_extract(value, '$[4]') from json_each(?) where true
on conflict (user, conversation) do update set
  cursor = excluded.cursor, read = excluded.read, version = excluded.version
"""

# With the columns' types, or else SQLite 3.40 would go through all runs of the conversation.
_DROP_RUNS = """
delete from run where (user, conversation, first) in (
  select cast(json_extract(value, '$[0]') as text), cast(json_extract(value, '$[1]') as text),
    cast(json_extract(value, '$[2]') as integer) from json_each(?))
"""

_KEEP_RUNS = """
insert into run (user, conversation, first, last)
select json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
  json_extract(value, '$[3]') from json_each(?) where true
on conflict (user, conversation, first) do update set last = excluded.last
"""

# By the table's own key: by conversation and seq, SQLite would go through the whole conversation for each.
_KEEP_READERS = """
update message set readers = counted.readers
from (select json_extract(value, '$[0]') as number, json_extract(value, '$[1]') as readers from json_each(?)) counted
where message.number = counted.number
"""


@attrs.define
class _Found:
    """A message of somebody else that is to be marked."""

    number: int
    "Its key in the table."
    sender: UserId
    own_before: int
    "How many messages of the reader stand directly before it."


class _Marking:
    """The read states and counts of readers that a batch of marks leads to: decided in memory.

    Of each read state only those runs are here that the marks can touch.
    """

    def __init__(self) -> None:
        self.tallies: dict[Member, Tally] = {}
        self.states: dict[Member, ReadState] = {}
        self.runs: dict[Member, tuple[Run, ...]] = {}
        "As they are stored."
        self.changed: set[Member] = set()
        self.found: dict[tuple[Member, int], _Found] = {}
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
        tally = attrs.evolve(self.tallies[member], read=state.read, version=state.version)
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


async def mark(database: Database, changes: Sequence[NewMarks]) -> list[Outcome]:
    """Make marks in the transaction that is open; give an outcome for each."""
    marking = await _load(database, list(dict.fromkeys((c.reader, c.conversation) for c in changes)))
    await _load_runs(database, marking, marking.unread(changes))
    await _look_up(database, marking, marking.unread(changes))
    outcomes = [marking.mark(change) for change in changes]
    if marking.changed:
        states = [(member, marking.states[member]) for member in marking.changed]
        rows = [(*member, state.cursor, state.read, state.version) for member, state in states]
        await database.write(_KEEP_STATES, (json.dumps(rows),))
        for sql, runs in ((_DROP_RUNS, marking.dropped_runs()), (_KEEP_RUNS, marking.new_runs())):
            if runs:
                await database.write(sql, (json.dumps(runs),))
    if marking.recounted:
        counts = [(number, marking.readers[number]) for number in marking.recounted]
        await database.write(_KEEP_READERS, (json.dumps(counts),))
    return outcomes


async def _load(database: Database, members: Sequence[Member]) -> _Marking:
    marking = _Marking()
    for record in await database.find(_STANDINGS, (json.dumps(members),)):
        tally, (cursor, place) = tally_of(record), record[WIDTH:]
        marking.tallies[members[place]] = tally
        marking.states[members[place]] = ReadState(cursor or 0, (), tally.read, tally.version)
    return marking


async def _load_runs(database: Database, marking: _Marking, wanted: Sequence[tuple[Member, int]]) -> None:
    if not wanted:
        return
    found: defaultdict[Member, list[Run]] = defaultdict(list)
    for user, conversation, *run in await database.find(_RUNS, (json.dumps([(*m, seq) for m, seq in wanted]),)):
        found[user, conversation].append((run[0], run[1]))
    for member, runs in found.items():
        marking.runs[member] = tuple(sorted(runs))
        marking.states[member] = attrs.evolve(marking.states[member], runs=marking.runs[member])


async def _look_up(database: Database, marking: _Marking, wanted: Sequence[tuple[Member, int]]) -> None:
    if not wanted:
        return
    rows = [(*member, seq, marking.states[member].cursor) for member, seq in wanted]
    counted = {c for c in {conversation for (_, conversation), _ in wanted} if Conversation.of(c).kind.counts_readers}
    for place, number, sender, readers, own_before in await database.find(_MESSAGES, (json.dumps(rows),)):
        member, seq = wanted[place]
        marking.found[member, seq] = _Found(number, sender, own_before)
        if member[1] in counted:
            marking.readers[number] = readers

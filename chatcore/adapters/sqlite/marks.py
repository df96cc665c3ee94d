"""Marks: what a batch of them needs, and changes in the tables."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

import attrs

from ...domain.conversations import Conversation
from ...domain.marks import NewMarks
from ...domain.read_states import ReadState, Run
from ...ports.commits import Outcome
from ..sql.marking import Found, Marking, Member
from ..sql.standing import WIDTH, tally_of
from .database import Database
from .tallies import select

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


async def _load(database: Database, members: Sequence[Member]) -> Marking:
    marking = Marking()
    for record in await database.find(_STANDINGS, (json.dumps(members),)):
        tally, (cursor, place) = tally_of(record), record[WIDTH:]
        marking.tallies[members[place]] = tally
        marking.states[members[place]] = ReadState(cursor or 0, (), tally.read, tally.version)
    return marking


async def _load_runs(database: Database, marking: Marking, wanted: Sequence[tuple[Member, int]]) -> None:
    if not wanted:
        return
    found: defaultdict[Member, list[Run]] = defaultdict(list)
    for user, conversation, *run in await database.find(_RUNS, (json.dumps([(*m, seq) for m, seq in wanted]),)):
        found[user, conversation].append((run[0], run[1]))
    for member, runs in found.items():
        marking.runs[member] = tuple(sorted(runs))
        marking.states[member] = attrs.evolve(marking.states[member], runs=marking.runs[member])


async def _look_up(database: Database, marking: Marking, wanted: Sequence[tuple[Member, int]]) -> None:
    if not wanted:
        return
    rows = [(*member, seq, marking.states[member].cursor) for member, seq in wanted]
    counted = {c for c in {conversation for (_, conversation), _ in wanted} if Conversation.of(c).kind.counts_readers}
    for place, number, sender, readers, own_before in await database.find(_MESSAGES, (json.dumps(rows),)):
        member, seq = wanted[place]
        marking.found[member, seq] = Found(number, sender, own_before)
        if member[1] in counted:
            marking.readers[number] = readers

"""Marks: what a batch of them needs, and changes in the tables. The conversations' locks are had."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import attrs

from ...domain.conversations import Conversation
from ...domain.events import MessagesRead
from ...domain.marks import NewMarks
from ...domain.read_states import ReadState, Run
from ...ports.commits import Marked, Outcome
from ..sql.marking import Found, Marking, Member
from ..sql.standing import WIDTH, tally_of
from .database import Transaction
from .tallies import select

_STANDINGS = select("select * from unnest($1::text[], $2::text[]) with ordinality", ", r.cursor, w.place")

# The runs around each message to mark: the only ones that it can be in, or touch.
_RUNS = """
select distinct w.user_id, w.conversation, r.first, r.last
from unnest($1::text[], $2::text[], $3::bigint[]) w (user_id, conversation, seq)
cross join lateral (
  (select first, last from run where user_id = w.user_id and conversation = w.conversation and first <= w.seq
    order by first desc limit 1)
  union all
  (select first, last from run where user_id = w.user_id and conversation = w.conversation and first > w.seq
    order by first limit 1)
) r
"""

# Those of the messages to mark that are not the reader's own, and how many own ones stand directly before each. Own
# ones below the cursor need not be counted: so each is passed over once, however often something is marked.
_MESSAGES = """
select w.place, m.number, m.sender, coalesce(k.readers, 0), w.seq - 1 - coalesce(
    (select b.seq from message b where b.conversation = w.conversation and b.seq < w.seq and b.seq > w.cursor
      and b.sender <> w.user_id order by b.seq desc limit 1), w.cursor)
from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
  with ordinality w (user_id, conversation, seq, cursor, place)
join message m on m.conversation = w.conversation and m.seq = w.seq and m.sender <> w.user_id
left join readers k on k.number = m.number
"""

_DROP_RUNS = """
delete from run using unnest($1::text[], $2::text[], $3::bigint[]) w (user_id, conversation, first)
where run.user_id = w.user_id and run.conversation = w.conversation and run.first = w.first
"""

_KEEP_RUNS = """
insert into run (user_id, conversation, first, last)
select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
on conflict (user_id, conversation, first) do update set last = excluded.last
"""

_KEEP_READERS = """
insert into readers (number, readers) select * from unnest($1::bigint[], $2::bigint[])
on conflict (number) do update set readers = excluded.readers
"""

_KEEP_MARKS = "select keep_marks($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"


async def mark(transaction: Transaction, changes: Sequence[NewMarks], log_lock: int) -> list[Outcome]:
    """Make marks; give an outcome for each. The log's lock is had afterwards."""
    marking = await _load(transaction, list(dict.fromkeys((c.reader, c.conversation) for c in changes)))
    await _load_runs(transaction, marking, marking.unread(changes))
    await _look_up(transaction, marking, marking.unread(changes))
    outcomes = [marking.mark(change) for change in changes]
    for sql, rows in (
        (_DROP_RUNS, marking.dropped_runs()),
        (_KEEP_RUNS, marking.new_runs()),
        (_KEEP_READERS, [(number, marking.readers[number]) for number in marking.recounted]),
    ):
        if rows:
            await transaction.run(sql, *_columns(rows))
    if marking.changed:
        states = [(member, marking.states[member]) for member in sorted(marking.changed)]
        kept = [(*member, state.cursor, state.read, state.version) for member, state in states]
        made = [_row(outcome.event) for outcome in outcomes if isinstance(outcome, Marked) and outcome.event]
        await transaction.run(_KEEP_MARKS, log_lock, *_columns(kept), *_columns(made))
    return outcomes


def _row(event: MessagesRead) -> tuple[object, ...]:
    seqs = ",".join(map(str, event.seqs))  # PostgreSQL has no lists of lists of different lengths
    return event.reader, event.conversation, event.tally.read, event.tally.version, f"{{{seqs}}}"


async def _load(transaction: Transaction, members: Sequence[Member]) -> Marking:
    marking = Marking()
    for record in await transaction.run(_STANDINGS, *_columns(members)):
        tally, (cursor, place) = tally_of(record), record[WIDTH:]
        marking.tallies[members[place - 1]] = tally
        marking.states[members[place - 1]] = ReadState(cursor or 0, (), tally.read, tally.version)
    return marking


async def _load_runs(transaction: Transaction, marking: Marking, wanted: Sequence[tuple[Member, int]]) -> None:
    if not wanted:
        return
    found: defaultdict[Member, list[Run]] = defaultdict(list)
    for user, conversation, first, last in await transaction.run(_RUNS, *_columns((*m, seq) for m, seq in wanted)):
        found[user, conversation].append((first, last))
    for member, runs in found.items():
        marking.runs[member] = tuple(sorted(runs))
        marking.states[member] = attrs.evolve(marking.states[member], runs=marking.runs[member])


async def _look_up(transaction: Transaction, marking: Marking, wanted: Sequence[tuple[Member, int]]) -> None:
    if not wanted:
        return
    rows = [(*member, seq, marking.states[member].cursor) for member, seq in wanted]
    for place, number, sender, readers, own_before in await transaction.run(_MESSAGES, *_columns(rows)):
        member, seq = wanted[place - 1]
        marking.found[member, seq] = Found(number, sender, own_before)
        if Conversation.of(member[1]).kind.counts_readers:
            marking.readers[number] = readers


def _columns(rows: Iterable[Sequence[object]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]

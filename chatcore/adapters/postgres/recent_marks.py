"""The marks that were made lately, for servers that look for those of others."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import json
from collections import defaultdict

from ...domain.events import MessagesRead
from ...domain.ids import UserId
from ...ports.recent_marks import MOST_KEPT, MarksMade
from ..sql.standing import WIDTH, tally_of
from .database import Database, Record
from .tallies import select

# A number that was given need not be there: it may be of a commit that was undone, or is under way.
_END = "select case when is_called then last_value else 0 end from mark_number"

_MADE = select(
    "select m.user_id, m.conversation, m.number"
    f" from generate_series(greatest($1::bigint, $2::bigint - {MOST_KEPT}) + 1, $2::bigint) n"
    f" join mark m on m.slot = n & {MOST_KEPT - 1} and m.number = n order by n limit $3",
    """, k.number, k.user_id, k.read, k.version, k.seqs, (
      select json_agg(json_build_array(m.sender, m.seq, coalesce(c.readers, 1)))
      from unnest(k.seqs) s (seq)
      cross join lateral (select * from message where conversation = k.conversation and seq = s.seq limit 1) m
      left join readers c on c.number = m.number)""",
    f"join mark k on k.slot = w.place & {MOST_KEPT - 1} and k.number = w.place order by w.place",
)


async def marks_after(database: Database, place: int | None, limit: int) -> MarksMade:
    """Read the first marks after a place."""
    ((end,),) = await database.read(_END)
    if place is None or place > end:
        return MarksMade(end, ())
    if place == end:
        return MarksMade(place, ())
    records = await database.read(_MADE, place, end, limit)
    return MarksMade(records[-1][WIDTH] if records else place, tuple(map(_made, records)))


def _made(record: Record) -> MessagesRead:
    _number, reader, read, version, seqs, counts = record[WIDTH:]
    receipts: defaultdict[UserId, dict[int, int]] = defaultdict(dict)
    for author, seq, readers in json.loads(counts or "[]"):
        receipts[author][seq] = readers
    tally = tally_of(record).having_read(read, version)
    return MessagesRead(reader, tally, tuple(seqs), dict(receipts))

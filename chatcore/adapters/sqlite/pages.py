"""Pages of a conversation: the numbers, the messages, what is read of them and by how many, in one query."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import json
from collections.abc import Iterable

import attrs

from ...domain.conversations import GENERAL, partner
from ...domain.ids import ConversationId, UserId
from ...domain.messages import Message
from ...domain.reading import ReadState, Tally
from ...ports.storage import Page
from .database import Database, Record
from .tallies import WIDTH, select, tally_of

_ANY = 2**63 - 1
"""No seq is greater."""


def _query(text: str, which: str) -> str:
    """Give the query whose first record is the tally with both read states, and whose others are messages."""
    return f"""
{
        select(
            "values (:user, :conversation, 0)",
            ", r.cursor, r.runs, other.cursor, other.runs",
            "left join reading other on other.user = :partner and other.conversation = w.conversation",
        )
    }
union all select * from (
  select conversation, seq, live, own, sender, {text}, sent_at_ms, client_id, readers, null, null, null, null
  from message where conversation = :conversation and {which}
)"""


_AFTER = _query("text", "seq > :bound order by seq limit :limit")
_BEFORE = _query("text", "seq < :bound order by seq desc limit :limit")
_OWN = _query("null", "seq between :first and :last and sender = :user order by seq")


@attrs.frozen
class _Standing:
    """How a member, and in a direct conversation the other one, stand."""

    user: UserId
    tally: Tally
    mine: ReadState
    others: ReadState

    def receipts(self, own: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Give those of the member's own messages, as seq and counted readers, that somebody has read."""
        if self.tally.conversation == GENERAL:
            return tuple((seq, readers) for seq, readers in own if readers)
        return tuple((seq, 1) for seq, _ in own if self.others.has(seq))


def read_state(cursor: int | None, runs: str | None, read: int = 0, version: int = 0) -> ReadState:
    """Make a read state of what is stored of it, if anything is."""
    if cursor is None or runs is None:
        return ReadState()
    return ReadState(cursor, tuple((first, end) for first, end in json.loads(runs)), read, version)


async def page(
    database: Database, user: UserId, conversation: ConversationId, after: int | None, before: int | None, limit: int
) -> Page:
    """Read the first messages after a seq, or the last ones before one."""
    if after is None:
        standing, records = await _ask(database, _BEFORE, user, conversation, bound=before or _ANY, limit=limit)
        records.reverse()
        more = bool(records) and records[0][1] > 1
    else:
        standing, records = await _ask(database, _AFTER, user, conversation, bound=after, limit=limit)
        more = bool(records) and records[-1][1] < standing.tally.seq
    if not records:
        return Page(standing.tally, (), (), (), more=False)
    messages = tuple(
        Message(conversation, seq, sender, client_id, text, sent_at_ms, live, own)
        for _, seq, live, own, sender, text, sent_at_ms, client_id, *_ in records
    )
    receipts = standing.receipts((r[1], r[WIDTH - 1]) for r in records if r[4] == user)
    return Page(standing.tally, messages, standing.mine.clipped(messages[0].seq, messages[-1].seq), receipts, more)


async def stretch(database: Database, user: UserId, conversation: ConversationId, first: int, last: int) -> Page:
    """Read what is read between two seqs, by the member and of the member's own messages."""
    standing, records = await _ask(database, _OWN, user, conversation, first=first, last=last)
    receipts = standing.receipts((r[1], r[WIDTH - 1]) for r in records)
    return Page(standing.tally, (), standing.mine.clipped(first, last), receipts, more=False)


async def _ask(
    database: Database, query: str, user: UserId, conversation: ConversationId, **bounds: int
) -> tuple[_Standing, list[Record]]:
    named = {"user": user, "conversation": conversation, "partner": partner(conversation, user), **bounds}
    first, *records = await database.read(query, named)
    cursor, runs, others_cursor, others_runs = first[WIDTH:]
    standing = _Standing(user, tally_of(first), read_state(cursor, runs), read_state(others_cursor, others_runs))
    return standing, records

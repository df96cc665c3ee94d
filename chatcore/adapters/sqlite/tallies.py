"""The numbers of conversations: one query for one, for the newest ones, for the walk through all, and for marks."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...domain.conversations import GENERAL
from ...domain.generations import Generations, Point
from ...domain.ids import ConversationId, UserId
from ...domain.messages import PREVIEW, Last
from ...domain.reading import Tally
from ...ports.storage import Overview
from .database import Database
from .generations import POINT

WIDTH = 10
"""How many columns of a record are the tally."""


def select(wanted: str, more: str = "", joins: str = "") -> str:
    """Give the query for the tallies of what the query `wanted` names in three columns: user, conversation, place."""
    return f"""
with wanted (user, conversation, place) as materialized ({wanted})
select
  w.conversation, m.seq, m.live,
  case when m.sender = w.user then m.own when w.conversation <> 'general' then m.live - m.own else coalesce(
    (select own from message where conversation = 'general' and sender = w.user order by seq desc limit 1), 0) end,
  m.sender, substr(m.text, 1, {PREVIEW}), m.sent_at_ms, m.number,
  coalesce(r.read, 0), coalesce(r.version, 0){more}
from wanted w
left join message m on m.conversation = w.conversation
  and m.seq = (select max(seq) from message where conversation = w.conversation)
left join reading r on r.user = w.user and r.conversation = w.conversation
{joins}
"""


_ONE = select("values (:user, :conversation, 0)")

_OVERVIEW = select(
    "select :user, 'general', null union all select * from"
    " (select user, conversation, risen from line where user = :user order by risen desc limit :limit)",
    f", {POINT}",
    "order by w.place desc",
)

_WALK = select(
    "select * from"
    " (select user, conversation, conversation from line"
    " where user = :user and conversation > :after order by conversation limit :limit)"
    " union all select :user, 'general', 'general' where 'general' > :after and exists"
    " (select 1 from message where conversation = 'general')",
    joins="order by w.place limit :limit",
)


def tally_of(record: Sequence[Any]) -> Tally:
    """Make a tally of the first columns of a record."""
    conversation, seq, live, own, sender, text, sent_at_ms, number, read, version = record[:WIDTH]
    if seq is None:
        return Tally(conversation, read=read, version=version)
    return Tally(conversation, seq, live, own, Last(seq, sender, text, sent_at_ms, number), read, version)


async def tally(database: Database, user: UserId, conversation: ConversationId) -> Tally:
    """Read one."""
    (record,) = await database.read(_ONE, {"user": user, "conversation": conversation})
    return tally_of(record)


async def tallies(database: Database, user: UserId, after: str, limit: int) -> tuple[Tally, ...]:
    """Walk through the conversations that have messages, by id."""
    records = await database.read(_WALK, {"user": user, "after": after, "limit": limit})
    return tuple(map(tally_of, records))


async def overview(
    database: Database, epoch: str, generations: Generations, user: UserId, limit: int, told: Point | None
) -> Overview:
    """Read the newest ones, and the general chat's."""
    records = await database.read(_OVERVIEW, {"user": user, "limit": limit})
    *newest, general = map(tally_of, records)
    assert general.conversation == GENERAL  # noqa: S101 - null is the smallest place
    point = Point(generations.present, *records[0][WIDTH:])
    return Overview(epoch, point, told is None or generations.has(told, point), general, tuple(newest))

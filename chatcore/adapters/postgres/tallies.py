"""The numbers of conversations: one query for one, for the newest ones, for the walk through all, and for marks."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from ...domain.generations import Point
from ...domain.ids import ConversationId, UserId
from ...domain.messages import PREVIEW
from ...domain.tallies import Tally
from ...ports.storage import Overview
from ..sql.kinds import FOR_ALL, has_partner, own
from ..sql.standing import WIDTH, tally_of
from .database import Database
from .generations import POINT, History


def select(wanted: str, more: str = "", joins: str = "") -> str:
    """Return the query for the tallies of what the query `wanted` names in three columns: user, conversation, place."""
    return f"""
with wanted (user_id, conversation, place) as materialized ({wanted})
select
  w.conversation, m.seq, m.live,
  case when m.sender = w.user_id then m.own when {has_partner("w.conversation")} then m.live - m.own else
    {own("w.user_id", "w.conversation")} end,
  m.sender, substr(m.text, 1, {PREVIEW}), m.sent_at_ms, m.number,
  coalesce(r.read, 0), coalesce(r.version, 0){more}
from wanted w
left join lateral (select * from message where conversation = w.conversation order by seq desc limit 1) m on true
left join reading r on r.user_id = w.user_id and r.conversation = w.conversation
{joins}
"""


_ONE = select("values ($1::text, $2::text, 0)")

_OVERVIEW = select(
    f"select $1::text, {FOR_ALL}, null::bigint union all select * from"
    " (select user_id, conversation, risen from line where user_id = $1 order by risen desc limit $2) lines",
    f", {POINT}",
    "order by w.place desc nulls last",
)

_WALK = select(
    "select * from"
    " (select user_id, conversation, conversation as place from line"
    " where user_id = $1 and conversation > $2 order by conversation limit $3) lines"
    f" union all select $1::text, {FOR_ALL}, {FOR_ALL} where {FOR_ALL} > $2 and exists"
    f" (select 1 from message where conversation = {FOR_ALL})",
    joins="order by w.place limit $3",
)


async def tally(database: Database, user: UserId, conversation: ConversationId) -> Tally:
    """Read one."""
    (record,) = await database.read(_ONE, user, conversation)
    return tally_of(record)


async def tallies(database: Database, user: UserId, after: str, limit: int) -> tuple[Tally, ...]:
    """Walk through the conversations that have messages, by id."""
    return tuple(map(tally_of, await database.read(_WALK, user, after, limit)))


async def overview(
    database: Database, epoch: str, history: History, user: UserId, limit: int, told: Point | None
) -> Overview:
    """Read the newest ones, and the general chat's."""
    records = await database.read(_OVERVIEW, user, limit)
    *newest, general = map(tally_of, records)
    point = Point(*records[0][WIDTH:])
    return Overview(epoch, point, await history.has(told, point), general, tuple(newest))

"""The numbers of conversations: one query for one, for the newest ones, for the walk through all, and for marks."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import logging
from collections.abc import Sequence

from ...domain.conversations import GENERAL
from ...domain.generations import Generations, Point
from ...domain.ids import ConversationId, UserId
from ...domain.messages import PREVIEW
from ...domain.tallies import Tally
from ...errors import StorageUnavailable
from ...ports.storage import Overview
from ..sql.kinds import FOR_ALL, has_partner, own
from ..sql.standing import WIDTH, tally_of
from .database import Database, Record
from .generations import POINT

log: logging.Logger = logging.getLogger(__name__)


def select(wanted: str, more: str = "", joins: str = "") -> str:
    """Return the query for the tallies of what the query `wanted` names in three columns: user, conversation, place."""
    return f"""
with wanted (user, conversation, place) as materialized ({wanted})
select
  w.conversation, m.seq, m.live,
  case when m.sender = w.user then m.own when {has_partner("w.conversation")} then m.live - m.own else
    {own("w.user", "w.conversation")} end,
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
    f"select :user, {FOR_ALL}, null union all select * from"
    " (select user, conversation, risen from line where user = :user order by risen desc limit :limit)",
    f", {POINT}",
    "order by w.place desc",
)

_WALK = select(
    "select * from"
    " (select user, conversation, conversation from line"
    " where user = :user and conversation > :after order by conversation limit :limit)"
    f" union all select :user, {FOR_ALL}, {FOR_ALL} where {FOR_ALL} > :after and exists"
    f" (select 1 from message where conversation = {FOR_ALL})",
    joins="order by w.place limit :limit",
)


# The same conversations without their last messages, for when one of those cannot be read.
_NAMES = "select conversation from line where user = :user order by risen desc limit :limit"
_NAMES_ON_WALK = f"""
select * from (select conversation from line where user = :user and conversation > :after order by conversation
  limit :limit)
union all select {FOR_ALL} where {FOR_ALL} > :after and exists (select 1 from message where conversation = {FOR_ALL})
order by 1 limit :limit
"""
_POINT = f"select {POINT}"


async def tally(database: Database, user: UserId, conversation: ConversationId) -> Tally:
    """Read one."""
    (record,) = await database.read(_ONE, {"user": user, "conversation": conversation})
    return tally_of(record)


async def tallies(database: Database, user: UserId, after: str, limit: int) -> tuple[Tally, ...]:
    """Walk through the conversations that have messages, by id."""
    named = {"user": user, "after": after, "limit": limit}
    try:
        return tuple(map(tally_of, await database.read(_WALK, named)))
    except StorageUnavailable:
        return await _singly(database, user, await database.read(_NAMES_ON_WALK, named))


async def overview(
    database: Database, epoch: str, generations: Generations, user: UserId, limit: int, told: Point | None
) -> Overview:
    """Read the newest ones, and the general chat's."""
    named = {"user": user, "limit": limit}
    try:
        records = await database.read(_OVERVIEW, named)
        *newest, general = map(tally_of, records)  # null is the smallest place
        numbers = records[0][WIDTH:]
    except StorageUnavailable:
        names = await database.read(_NAMES, named)
        *newest, general = await _singly(database, user, [*names, (GENERAL,)])
        (numbers,) = await database.read(_POINT)
    point = Point(generations.present, *numbers)
    return Overview(epoch, point, told is None or generations.has(told, point), general, tuple(newest))


async def _singly(database: Database, user: UserId, names: Sequence[Record]) -> tuple[Tally, ...]:
    """Read tallies one by one. One that cannot be read is empty: it keeps nobody from all the others."""
    found = list[Tally]()
    for (conversation,) in names:
        try:
            found.append(await tally(database, user, conversation))
        except StorageUnavailable as error:
            log.error("the last message of %s cannot be read: %s", conversation, error.message)  # noqa: TRY400
            found.append(Tally(conversation))
    return tuple(found)

"""What has happened, in the order of commits: messages, and facts about users."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from ...domain.generations import Point
from ...domain.messages import Message
from ...ports.storage import Happening, Happenings
from .accounts import USER, user_of
from .database import Database, Record
from .generations import POINT, History

_POINT = f"select {POINT}, (select value from meta where name = 'epoch')"

# One statement, so that it sees one moment: else what was committed between two could be passed over.
_READ = f"""
select * from (
  select number as at, 0::bigint as fact,
    array[conversation, sender, client_id, text], array[seq, sent_at_ms, live, own],
    null::text, null::text, null::bigint, null::bigint, null::text, null::text, null::boolean, null::boolean
  from message where number > $1 order by number limit $3
) messages union all select * from (
  select born, fact, null::text[], null::bigint[], {USER}
  from account where (born, fact) > ($1, $2) order by born, fact limit $3
) born union all select * from (
  select changed, fact, null::text[], null::bigint[], {USER}
  from account where (changed, fact) > ($1, $2) and changed > born order by changed, fact limit $3
) changed order by 1, 2 limit $3
"""


async def happenings(database: Database, epoch: str, history: History, after: Point | None, limit: int) -> Happenings:
    """Read what has happened after a point.

    Raises StorageError where another server has begun an epoch: it has noticed that something is missing, and what this
    one's clients hold may be just that.
    """
    ((*here, present),) = await database.read(_POINT)
    if present != epoch:
        raise database.other_epoch()
    now = Point(*here)
    if not await history.has(after, now):
        return Happenings(epoch, now.generation, is_same=False, happened=())
    place = (-1, 0) if after is None else (after.number, after.facts)
    found = await database.read(_READ, *place, limit)
    happened = tuple(map(_happening, found))
    for happening in happened:
        if happening.message is not None:
            database.past.stored(happening.message)
    return Happenings(epoch, now.generation, is_same=True, happened=happened)


def _happening(record: Record) -> Happening:
    at, fact, texts, numbers, *user = record
    if texts is None:
        return Happening(at, fact, None, user_of(user))
    (conversation, sender, client_id, text), (seq, sent_at_ms, live, own) = texts, numbers
    message = Message(conversation, seq, sender, client_id, text, sent_at_ms, live, own, at)
    return Happening(at, fact, message, None)

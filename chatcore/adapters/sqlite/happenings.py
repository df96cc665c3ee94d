"""What has happened, in the order of commits: messages, and facts about users."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from ...domain.generations import Generations, Point
from ...domain.messages import Message
from ...ports.storage import Happening, Happenings
from .accounts import USER, user_of
from .database import Database, Record
from .generations import POINT

_POINT = f"select {POINT}"

# One statement, so that it sees one moment: else what was committed between two could be passed over.
_READ = f"""
select * from (
  select number as at, 0 as fact, 0, conversation, seq, sender, client_id, text, sent_at_ms, live, own, number
  from message where number > ?1 order by number limit ?3
) union all select * from (
  select born, fact, 1, {USER}, null from user where (born, fact) > (?1, ?2) order by born, fact limit ?3
) union all select * from (
  select changed, fact, 1, {USER}, null from user
  where (changed, fact) > (?1, ?2) and changed > born order by changed, fact limit ?3
) order by 1, 2 limit ?3
"""


async def happenings(
    database: Database, epoch: str, generations: Generations, after: Point | None, limit: int
) -> Happenings:
    """Read what has happened after a point."""
    ((number, facts),) = await database.read(_POINT)
    now = Point(generations.present, number, facts)
    if after is not None and not generations.has(after, now):
        return Happenings(epoch, now.generation, is_same=False, happened=())
    place = (-1, 0) if after is None else (after.number, after.facts)
    found = await database.read(_READ, (*place, limit))
    return Happenings(epoch, now.generation, is_same=True, happened=tuple(map(_happening, found)))


def _happening(record: Record) -> Happening:
    at, fact, is_user, *values = record
    if is_user:
        return Happening(at, fact, None, user_of(values[:-1]))
    return Happening(at, fact, Message(*values), None)

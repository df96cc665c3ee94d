"""Work in the background: how far it has come, and what of the log it goes through."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import json
from collections.abc import Mapping

from ...domain.conversations import Conversation
from ...domain.ids import UserId
from ...domain.messages import Message
from ...domain.users import User
from ..sql.kinds import FOR_ALL
from .accounts import USER, user_of
from .database import Database

_POSITIONS = "select part, position from job where name = ?"
_KEEP = """
insert into job (name, part, position)
select ?, key, value from json_each(?) where true
on conflict (name, part) do update set position = excluded.position
"""
_FORGET = "delete from job where name = ? and part in (select value from json_each(?))"

_MESSAGE = "m.conversation, m.seq, m.sender, m.client_id, m.text, m.sent_at_ms, m.live, m.own, m.number"

# By number: of the log there is only what came since, and of other conversations nothing.
_BETWEEN = f"""
select {_MESSAGE} from message m not indexed
where m.number > :after and m.number <= :upto and (:crowds or m.conversation <> {FOR_ALL})
order by m.number limit :limit
"""

_IS_READ = """
exists (select 1 from run
  where user = {user} and conversation = {conversation} and first <= {seq} and last >= {seq})
"""
_M_IS_READ = _IS_READ.format(user=":user", conversation="m.conversation", seq="m.seq")

# A user's own conversations from what is unread on; the one for all by number, since it may be unread for years.
_UNREAD = f"""
select * from (
  select {_MESSAGE} from line l
  left join reading r on r.user = :user and r.conversation = l.conversation
  cross join message m on m.conversation = l.conversation and m.seq > coalesce(r.cursor, 0)
  where l.user = :user and m.number > :after and m.number <= :upto and m.sender <> :user and not {_M_IS_READ}
  union all
  select {_MESSAGE} from message m not indexed
  where :crowds and m.number > :after and m.number <= :upto and m.conversation = {FOR_ALL} and m.sender <> :user
    and m.seq > coalesce((select cursor from reading where user = :user and conversation = {FOR_ALL}), 0)
    and not {_M_IS_READ}
) order by number limit :limit
"""

_READERS = f"""
select {USER} from user
left join reading r on r.user = user.id and r.conversation = :conversation
where {{which}} and user.id > :after and user.id <> :sender and coalesce(r.cursor, 0) < :seq
  and not {_IS_READ.format(user="user.id", conversation=":conversation", seq=":seq")}
order by user.id limit :limit
"""
_READERS_OF_ALL = _READERS.format(which="true")
_READERS_AMONG = _READERS.format(which="user.id in (select value from json_each(:users))")


async def positions(database: Database, job: str) -> dict[str, int]:
    """Read how far a job has come."""
    found = await database.read(_POSITIONS, (job,))
    return {record[0]: record[1] for record in found}


async def keep(database: Database, job: str, positions: Mapping[str, int | None]) -> None:
    """Keep how far parts have come; None forgets one."""
    kept = {part: position for part, position in positions.items() if position is not None}
    async with database.transaction():
        await database.write(_KEEP, (job, json.dumps(kept)))
        await database.write(_FORGET, (job, json.dumps([part for part in positions if part not in kept])))


async def messages_between(
    database: Database, after: int, upto: int, limit: int, unread_by: UserId | None, *, crowds: bool
) -> tuple[Message, ...]:
    """Read messages by number, or those of them that a user has not read."""
    named = {"after": after, "upto": upto, "limit": limit, "crowds": crowds, "user": unread_by}
    if unread_by is None:
        del named["user"]
    found = await database.read(_BETWEEN if unread_by is None else _UNREAD, named)
    return tuple(Message(*record) for record in found)


async def readers_to_be(database: Database, message: Message, after: str, limit: int) -> tuple[User, ...]:
    """Read who has neither written nor read a message, by id."""
    members = Conversation.of(message.conversation).members
    named = {
        "conversation": message.conversation,
        "seq": message.seq,
        "sender": message.sender,
        "after": after,
        "limit": limit,
        "users": json.dumps(members.users),
    }
    if members.is_everybody:
        del named["users"]
    found = await database.read(_READERS_OF_ALL if members.is_everybody else _READERS_AMONG, named)
    return tuple(map(user_of, found))

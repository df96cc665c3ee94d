"""Work in the background: how far it has come, and what of the log it goes through."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from collections.abc import Mapping

from ...domain.conversations import Conversation
from ...domain.ids import UserId
from ...domain.messages import Message
from ...domain.users import User
from ..sql.kinds import FOR_ALL
from .accounts import USER, user_of
from .database import Database

# Whoever takes the job meanwhile waits for the commit.
_HAS = "select 1 from job_host where job = $1 and host = $2 for share"
_POSITIONS = "select part, position from job where name = $1"
_KEEP = """
insert into job (name, part, position)
select $1, r.part, r.position from unnest($2::text[], $3::bigint[]) r (part, position)
on conflict (name, part) do update set position = excluded.position
"""
_FORGET = "delete from job where name = $1 and part = any($2::text[])"

_MESSAGE = "m.conversation, m.seq, m.sender, m.client_id, m.text, m.sent_at_ms, m.live, m.own, m.number"

_BETWEEN = f"""
select {_MESSAGE} from message m
where m.number > $1 and m.number <= $2 and ($4 or m.conversation <> {FOR_ALL})
order by m.number limit $3
"""

_IS_READ = """
exists (select 1 from run where user_id = {user} and conversation = {conversation} and first <= {seq} and last >= {seq})
"""
_M_IS_READ = _IS_READ.format(user="$5", conversation="m.conversation", seq="m.seq")

# A user's own conversations from what is unread on; the one for all by number, since it may be unread for years.
_UNREAD = f"""
select * from (
  select {_MESSAGE} from line l
  left join reading r on r.user_id = $5 and r.conversation = l.conversation
  join message m on m.conversation = l.conversation and m.seq > coalesce(r.cursor, 0)
  where l.user_id = $5 and m.number > $1 and m.number <= $2 and m.sender <> $5 and not {_M_IS_READ}
  union all
  select {_MESSAGE} from message m
  where $4 and m.number > $1 and m.number <= $2 and m.conversation = {FOR_ALL} and m.sender <> $5
    and m.seq > coalesce((select cursor from reading where user_id = $5 and conversation = {FOR_ALL}), 0)
    and not {_M_IS_READ}
) unread order by number limit $3
"""

_READERS = f"""
select {USER} from account
left join reading r on r.user_id = account.id and r.conversation = $1
where ($6 or account.id = any($5::text[])) and account.id > $3 and account.id <> $7 and coalesce(r.cursor, 0) < $2
  and not {_IS_READ.format(user="account.id", conversation="$1", seq="$2")}
order by account.id limit $4
"""


async def positions(database: Database, job: str) -> dict[str, int]:
    """Read how far a job has come."""
    return {record[0]: record[1] for record in await database.read(_POSITIONS, job)}


async def keep(database: Database, job: str, host: str, positions: Mapping[str, int | None]) -> bool:
    """Keep how far parts have come, where the server has the job, and give whether it has; None forgets one."""
    kept = {part: position for part, position in positions.items() if position is not None}
    async with database.transaction() as transaction:
        if not await transaction.run(_HAS, job, host):
            return False
        await transaction.run(_KEEP, job, list(kept), list(kept.values()))
        await transaction.run(_FORGET, job, [part for part in positions if part not in kept])
    return True


async def messages_between(
    database: Database,
    after: int,
    upto: int,
    limit: int,
    crowds: bool,
    unread_by: UserId | None,
) -> tuple[Message, ...]:
    """Read messages by number, or those of them that a user has not read."""
    if unread_by is None:
        found = await database.read(_BETWEEN, after, upto, limit, crowds)
    else:
        found = await database.read(_UNREAD, after, upto, limit, crowds, unread_by)
    return tuple(Message(*record) for record in found)


async def readers_to_be(database: Database, message: Message, after: str, limit: int) -> tuple[User, ...]:
    """Read who has neither written nor read a message, by id."""
    members = Conversation.of(message.conversation).members
    about = message.conversation, message.seq, after, limit
    found = await database.read(_READERS, *about, list(members.users), members.is_everybody, message.sender)
    return tuple(map(user_of, found))

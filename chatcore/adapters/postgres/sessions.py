"""Sessions: found by reading, while the notes that they are used are gathered into few transactions."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from collections.abc import Sequence

from ...domain.ids import UserId
from ...domain.users import User, check_may_enter
from ...ports.storage import SessionRecord
from ..sql.uses import Take
from .accounts import USER, by_id, user_of
from .database import Database

FORGOTTEN_AT_ONCE = 250
"""How many sessions one transaction looks at, so that posts need not wait for all of them."""

_BEGIN = """
insert into session (digest, user_id, label, begun_at_ms, used_at_ms)
select $1, id, $3, $4, $4 from account where id = $2 and disabled is null for share
on conflict (digest) do nothing returning digest
"""
_END = "delete from session where digest = $1"
_NEXT = "select max(digest) from (select digest from session where digest > $1 order by digest limit $2) next"
_FORGET = "delete from session where digest > $1 and digest <= $2 and (used_at_ms < $3 or begun_at_ms < $4)"

_OF = "select digest, label, begun_at_ms, used_at_ms from session where user_id = $1 order by begun_at_ms, digest"
_ENDED = """
select w.digest from unnest($1::text[]) with ordinality w (digest, place)
where not exists (select 1 from session where session.digest = w.digest) order by w.place
"""

_FIND = f"""
select {USER} from session s join account on account.id = s.user_id
where s.digest = $1 and s.used_at_ms >= $2 and s.begun_at_ms >= $3
"""

_USE = """
update session set used_at_ms = uses.at
from unnest($1::text[], $2::bigint[]) uses (digest, at)
where session.digest = uses.digest and session.used_at_ms < uses.at
"""


async def begin(database: Database, digest: str, user: UserId, now_ms: int, label: str) -> None:
    """Add one; raise NotFound and NotAllowed.

    The user's row is locked for it: who is disabled meanwhile has no session afterwards.
    """
    async with database.transaction() as transaction:
        has_begun = await transaction.run(_BEGIN, digest, user, label, now_ms)
    if not has_begun:
        check_may_enter(await by_id(database, user))


async def of(database: Database, user: UserId) -> Sequence[SessionRecord]:
    """List those of a user."""
    return [SessionRecord(*record) for record in await database.read(_OF, user)]


async def end(database: Database, digest: str) -> None:
    """Remove one."""
    async with database.transaction() as transaction:
        await transaction.run(_END, digest)


async def note(database: Database, take: Take) -> None:
    """Take note of when sessions were used."""
    uses = take()
    digests = sorted(uses)  # servers that note the same ones at once do so in one order
    async with database.transaction() as transaction:
        await transaction.run(_USE, digests, [uses[digest] for digest in digests])


async def forget(database: Database, after: str, idle_since_ms: int, begun_since_ms: int) -> str | None:
    """Remove those of the next ones that are too old; give the last that was looked at, None where there are none."""
    ((last,),) = await database.read(_NEXT, after, FORGOTTEN_AT_ONCE)
    if last is None:
        return None
    async with database.transaction() as transaction:
        await transaction.run(_FORGET, after, last, idle_since_ms, begun_since_ms)
    return str(last)


async def ended(database: Database, digests: Sequence[str]) -> tuple[str, ...]:
    """Find those of many that are not there any more."""
    return tuple(digest for (digest,) in await database.read(_ENDED, list(digests)))


async def find(database: Database, digest: str, idle_since_ms: int, begun_since_ms: int) -> User | None:
    """Find whose it is."""
    found = await database.read(_FIND, digest, idle_since_ms, begun_since_ms)
    return user_of(found[0]) if found else None

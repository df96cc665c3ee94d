"""Sessions: found by reading, while the notes that they are used are gathered into few transactions."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from collections.abc import Sequence

from attrs import astuple

from ...domain.ids import UserId
from ...domain.sessions import Ages, Led, SessionRecord, led
from ...domain.users import User, check_may_enter
from ...errors import LoggedOut
from ..sql.uses import Take
from .accounts import USER, by_id, user_of
from .database import Database

FORGOTTEN_AT_ONCE = 250
"""How many sessions one transaction looks at, so that posts need not wait for all of them."""

_BEGIN = """
insert into session (digest, user_id, label, begun_at_ms, used_at_ms, lasts_ms)
select $1, id, $3, $4, $4, $5 from account where id = $2 and disabled is null for share
on conflict (digest) do nothing returning digest
"""
_BEGIN_LIKE = """
insert into session (digest, user_id, label, begun_at_ms, used_at_ms, renewed_at_ms, lasts_ms, host)
select $1, s.user_id, $3, s.begun_at_ms, $4, $4, s.lasts_ms, s.host
from account join session s on s.user_id = account.id
where s.digest = $2 and s.used_at_ms >= coalesce($4::bigint - s.lasts_ms, $5) and s.begun_at_ms >= $6
for share on conflict (digest) do nothing returning digest
"""
_LED = """
select digest, 0::bigint, rank from session where digest = $1
union all
select t.session, t.rank, s.rank from token t join session s on s.digest = t.session where t.digest = $1
"""
_FIRST_USE = "update session set rank = $2 where digest = $1 and rank < $2"
_RENEW = """
with renewed as (
    update session set renewed_at_ms = $3 where digest = $1 and greatest(begun_at_ms, renewed_at_ms) <= $4
    returning digest, rank + 1 as next
)
insert into token (digest, session, rank) select $2, digest, next from renewed returning 1
"""
_HAS_TOKEN = "select 1 from token where digest = $1"  # noqa: S105 - no token
_IS_THERE = "select 1 from session where digest = $1"
_OF_WHOM = "select id from account where id = $1 for no key update"
_END = "delete from session where digest = $1"
_END_OF = "delete from session where user_id = $1 returning digest"
_END_OF_HOST = "delete from session where host = $1 returning digest"

# One that was there and is too old begins anew, though it was not forgotten yet.
_ENTER = """
insert into session (digest, user_id, label, begun_at_ms, used_at_ms, lasts_ms, host, address)
select $1, id, '', $3, $3, $4, $5, $6 from account where id = $2 and disabled is null for share
on conflict (digest) do update set
    begun_at_ms = case
        when session.used_at_ms >= coalesce(excluded.used_at_ms - session.lasts_ms, $7) and session.begun_at_ms >= $8
        then session.begun_at_ms else excluded.begun_at_ms end,
    used_at_ms = greatest(session.used_at_ms, excluded.used_at_ms),
    address = case when excluded.address = '' then session.address else excluded.address end
returning digest
"""
_NEXT = "select max(digest) from (select digest from session where digest > $1 order by digest limit $2) next"
_FORGET = """
delete from session
where digest > $1 and digest <= $2 and (used_at_ms < coalesce($3::bigint - lasts_ms, $4) or begun_at_ms < $5)
"""

_OF = """
select digest, label, begun_at_ms, used_at_ms, address from session
where user_id = $1 and used_at_ms >= coalesce($2::bigint - lasts_ms, $3) and begun_at_ms >= $4
order by begun_at_ms, digest
"""
_HAS_SHORT = "select exists (select 1 from session where lasts_ms > 0)"
_DUE = """
select digest from session
where digest = any($1::text[]) and lasts_ms is not null and used_at_ms <= $2::bigint - lasts_ms / 20
"""
_ENDED = """
select w.digest from unnest($1::text[]) with ordinality w (digest, place)
where not exists (select 1 from session where session.digest = w.digest) order by w.place
"""

_FIND = f"""
select {USER} from session s join account on account.id = s.user_id
where s.digest = $1 and s.used_at_ms >= coalesce($2::bigint - s.lasts_ms, $3) and s.begun_at_ms >= $4
"""

_USE = """
update session set
    used_at_ms = greatest(session.used_at_ms, uses.at),
    address = case when uses.place = '' then session.address else uses.place end
from unnest($1::text[], $2::bigint[], $3::text[]) uses (digest, at, place)
where session.digest = uses.digest and (session.used_at_ms < uses.at or uses.place not in ('', session.address))
"""


async def begin(database: Database, digest: str, user: UserId, now_ms: int, label: str, lasts_ms: int | None) -> None:
    """Add one; raise NotFound and NotAllowed.

    The user's row is locked for it: who is disabled meanwhile has no session afterwards.
    """
    async with database.transaction() as transaction:
        has_begun = await transaction.run(_BEGIN, digest, user, label, now_ms, lasts_ms)
    if not has_begun:
        check_may_enter(await by_id(database, user))


async def begin_like(database: Database, digest: str, other: str, ages: Ages, label: str) -> None:
    """Add one like another that lives; raise LoggedOut.

    Both the user's row and the other session's are locked for it: whatever ends all sessions ends this one too.
    """
    async with database.transaction() as transaction:
        begun = await transaction.run(_BEGIN_LIKE, digest, other, label, *astuple(ages))
        if not begun and not await transaction.run(_IS_THERE, digest):  # it is where this is run again
            raise LoggedOut


async def enter(
    database: Database, digest: str, user: UserId, ages: Ages, lasts_ms: int | None, host: str | None, address: str
) -> None:
    """Take note of one, add it where none lives; raise NotFound and NotAllowed."""
    kept = (ages.now_ms, lasts_ms, host, address)
    async with database.transaction() as transaction:
        has_entered = await transaction.run(_ENTER, digest, user, *kept, ages.idle_since_ms, ages.begun_since_ms)
    if not has_entered:
        check_may_enter(await by_id(database, user))


async def of(database: Database, user: UserId, ages: Ages) -> Sequence[SessionRecord]:
    """List those of a user that live."""
    found = await database.read(_OF, user, *astuple(ages))
    return [SessionRecord(*record) for record in found]


async def find_led(database: Database, token: str) -> tuple[Led, int | None]:
    """Find where a token leads to, and its rank where it is used for the first time."""
    for session, rank, newest in await database.read(_LED, token):
        found, is_new = led(session, rank, newest)
        return found, rank if is_new else None
    return Led(token), None


async def use_first(database: Database, session: str, rank: int) -> None:
    """Take note that a token of this rank is used."""
    async with database.transaction() as transaction:
        await transaction.run(_FIRST_USE, session, rank)


async def renew_token(database: Database, session: str, token: str, now_ms: int, since_ms: int) -> bool:
    """Add a token to one, where it may have one."""
    async with database.transaction() as transaction:
        renewed = await transaction.run(_RENEW, session, token, now_ms, since_ms)
        # it is there where this is run again
        return bool(renewed) or bool(await transaction.run(_HAS_TOKEN, token))


async def end(database: Database, digest: str) -> None:
    """Remove one."""
    async with database.transaction() as transaction:
        await transaction.run(_END, digest)


async def end_of(database: Database, user: UserId, ended: set[str]) -> None:
    """Remove those of a user, and add them to `ended`: all of them, however often it is run."""
    async with database.transaction() as transaction:
        await transaction.run(_OF_WHOM, user)  # who begins one from another of theirs holds it
        ended.update(digest for (digest,) in await transaction.run(_END_OF, user))


async def end_of_host(database: Database, host: str, ended: set[str]) -> None:
    """Remove those that belong to one of the application's, in the same way."""
    async with database.transaction() as transaction:
        ended.update(digest for (digest,) in await transaction.run(_END_OF_HOST, host))


async def due(database: Database, used: Sequence[str], now_ms: int) -> Sequence[str]:
    """Find those of many that have a short life, of which a part has gone."""
    ((has_short,),) = await database.read(_HAS_SHORT)
    if not has_short or not used:
        return ()
    return [digest for (digest,) in await database.read(_DUE, list(used), now_ms)]


async def note(database: Database, take: Take) -> None:
    """Take note of when sessions were used."""
    uses = take()
    digests = sorted(uses)  # servers that note the same ones at once do so in one order
    async with database.transaction() as transaction:
        times, places = zip(*(uses[digest] for digest in digests), strict=True) if digests else ((), ())
        await transaction.run(_USE, digests, list(times), list(places))


async def forget(database: Database, after: str, ages: Ages) -> str | None:
    """Remove those of the next ones that are too old; give the last that was looked at, None where there are none."""
    ((last,),) = await database.read(_NEXT, after, FORGOTTEN_AT_ONCE)
    if last is None:
        return None
    async with database.transaction() as transaction:
        await transaction.run(_FORGET, after, last, *astuple(ages))
    return str(last)


async def ended(database: Database, digests: Sequence[str]) -> tuple[str, ...]:
    """Find those of many that are not there any more."""
    return tuple(digest for (digest,) in await database.read(_ENDED, list(digests)))


async def find(database: Database, digest: str, ages: Ages) -> User | None:
    """Find whose it is."""
    found = await database.read(_FIND, digest, *astuple(ages))
    return user_of(found[0]) if found else None

"""Sessions: found by reading, while the notes that they are used are gathered into few transactions."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol

from attrs import astuple

from ...domain.ids import UserId
from ...domain.sessions import Ages, Led, SessionRecord, led
from ...domain.users import User, check_may_enter
from ...errors import LoggedOut
from ..sql.uses import Take, Uses
from .accounts import USER, by_id, user_of
from .database import Database

FORGOTTEN_AT_ONCE = 250
"""How many sessions one transaction looks at, so that posts need not wait for all of them."""

_BEGIN = """
insert into session (digest, user, label, begun_at_ms, used_at_ms, lasts_ms)
select ?, id, ?, ?, ?, ? from user where id = ? and disabled is null returning digest
"""
_BEGIN_LIKE = """
insert into session (digest, user, label, begun_at_ms, used_at_ms, renewed_at_ms, lasts_ms, host)
select ?, user, ?, begun_at_ms, ?, ?, lasts_ms, host from session
where digest = ? and used_at_ms >= coalesce(? - lasts_ms, ?) and begun_at_ms >= ?
returning digest
"""
_LED = """
select digest, 0, rank from session where digest = ?
union all
select session, token.rank, session.rank from token join session on session.digest = token.session
where token.digest = ?
"""
_FIRST_USE = "update session set rank = ? where digest = ? and rank < ?"
_RENEW = """
update session set renewed_at_ms = ? where digest = ? and max(begun_at_ms, renewed_at_ms) <= ? returning rank + 1
"""
_ADD = "insert into token (digest, session, rank) values (?, ?, ?)"
_END = "delete from session where digest = ?"
_END_OF = "delete from session where user = ? returning digest"
_END_OF_HOST = "delete from session where host = ? returning digest"
_NEXT = "select max(digest) from (select digest from session where digest > ? order by digest limit ?)"
_FORGET = """
delete from session
where digest > ? and digest <= ? and (used_at_ms < coalesce(? - lasts_ms, ?) or begun_at_ms < ?)
"""

_OF = """
select digest, label, begun_at_ms, used_at_ms, address from session
where user = ? and used_at_ms >= coalesce(? - lasts_ms, ?) and begun_at_ms >= ?
order by begun_at_ms, digest
"""

# One that was there and is too old begins anew, though it was not forgotten yet.
_ENTER = """
insert into session (digest, user, label, begun_at_ms, used_at_ms, lasts_ms, host, address)
select ?, id, '', ?, ?, ?, ?, ? from user where id = ? and disabled is null
on conflict (digest) do update set
    begun_at_ms = iif(
        used_at_ms >= coalesce(excluded.used_at_ms - lasts_ms, ?) and begun_at_ms >= ?,
        begun_at_ms, excluded.begun_at_ms
    ),
    used_at_ms = max(used_at_ms, excluded.used_at_ms),
    address = iif(excluded.address = '', address, excluded.address)
returning digest
"""

_HAS_SHORT = "select exists (select 1 from session where lasts_ms > 0)"
_DUE = """
select digest from json_each(?) join session on session.digest = value
where lasts_ms is not null and used_at_ms <= ? - lasts_ms / 20
"""
_ENDED = "select value from json_each(?) where not exists (select 1 from session where digest = value)"

_FIND = f"""
select {USER} from session join user on user.id = session.user
where digest = ? and used_at_ms >= coalesce(? - lasts_ms, ?) and begun_at_ms >= ?
"""

_USE = """
update session set used_at_ms = max(used_at_ms, uses.at), address = iif(uses.place = '', address, uses.place)
from (
    select
        json_extract(value, '$[0]') as digest,
        json_extract(value, '$[1]') as at,
        json_extract(value, '$[2]') as place
    from json_each(?)
) uses
where session.digest = uses.digest
"""


class Writing(Protocol):
    """Does a piece of writing when its turn comes, whatever becomes of the caller."""

    async def __call__(self, work: Callable[[], Awaitable[None]], /) -> None:
        """Return when it is done."""


class Sessions:
    """The sessions in one database."""

    def __init__(self, database: Database, writing: Writing) -> None:
        self._database = database
        self._uses = Uses(lambda take: writing(partial(self._note, take)))

    async def begin(self, digest: str, user: UserId, now_ms: int, label: str, lasts_ms: int | None) -> None:
        """Add one; raise NotFound and NotAllowed. Takes its turn as a write."""
        if not await self._database.write(_BEGIN, (digest, label, now_ms, now_ms, lasts_ms, user)):
            check_may_enter(await by_id(self._database, user))

    async def begin_like(self, digest: str, other: str, ages: Ages, label: str) -> None:
        """Add one like another that lives; raise LoggedOut. Takes its turn as a write."""
        if not await self._database.write(
            _BEGIN_LIKE, (digest, label, ages.now_ms, ages.now_ms, other, *astuple(ages))
        ):
            raise LoggedOut

    async def enter(
        self,
        digest: str,
        user: UserId,
        ages: Ages,
        *,
        lasts_ms: int | None,
        host: str | None,
        address: str,
    ) -> None:
        """Take note of one, add it where none lives; raise NotFound and NotAllowed. Takes its turn as a write."""
        kept = (digest, ages.now_ms, ages.now_ms, lasts_ms, host, address, user)
        if not await self._database.write(_ENTER, (*kept, ages.idle_since_ms, ages.begun_since_ms)):
            check_may_enter(await by_id(self._database, user))

    async def of(self, user: UserId, ages: Ages) -> Sequence[SessionRecord]:
        """List those of a user that live."""
        found = await self._database.read(_OF, (user, *astuple(ages)))
        return [SessionRecord(*record) for record in found]

    async def led(self, token: str) -> tuple[Led, int | None]:
        """Find where a token leads to, and its rank where it is used for the first time."""
        for session, rank, newest in await self._database.read(_LED, (token, token)):
            found, is_new = led(session, rank, newest)
            return found, rank if is_new else None
        return Led(token), None

    async def use_first(self, session: str, rank: int) -> None:
        """Take note that a token of this rank is used. Takes its turn as a write."""
        await self._database.write(_FIRST_USE, (rank, session, rank))

    async def renew_token(self, session: str, token: str, now_ms: int, since_ms: int) -> bool:
        """Add a token to one, where it may have one. Takes its turn as a write."""
        async with self._database.transaction():
            for (rank,) in await self._database.write(_RENEW, (now_ms, session, since_ms)):
                await self._database.write(_ADD, (token, session, rank))
                return True
        return False

    async def end(self, digest: str) -> None:
        """Remove one. Takes its turn as a write."""
        await self._database.write(_END, (digest,))

    async def end_of(self, user: UserId) -> Sequence[str]:
        """Remove those of a user. Takes its turn as a write."""
        return [digest for (digest,) in await self._database.write(_END_OF, (user,))]

    async def end_of_host(self, host: str) -> Sequence[str]:
        """Remove those that belong to one of the application's. Takes its turn as a write."""
        return [digest for (digest,) in await self._database.write(_END_OF_HOST, (host,))]

    async def due(self, used: Sequence[str], now_ms: int) -> Sequence[str]:
        """Find those of many that have a short life, of which a part has gone."""
        ((has_short,),) = await self._database.read(_HAS_SHORT)
        if not has_short or not used:
            return ()
        return [digest for (digest,) in await self._database.read(_DUE, (json.dumps(list(used)), now_ms))]

    async def renew(self, used: Sequence[str], now_ms: int) -> None:
        """Take note of many. Takes its turn as a write."""
        await self._database.write(_USE, (json.dumps([(digest, now_ms, "") for digest in used]),))

    async def forget(self, after: str, ages: Ages) -> str | None:
        """Remove those of the next ones that are too old; give the last that was looked at. Takes its turn as a write.

        None where there are no more.
        """
        last: str | None = (await self._database.find(_NEXT, (after, FORGOTTEN_AT_ONCE)))[0][0]
        if last is not None:
            await self._database.write(_FORGET, (after, last, *astuple(ages)))
        return last

    async def ended(self, digests: Sequence[str]) -> tuple[str, ...]:
        """Find those of many that are not there any more."""
        return tuple(digest for (digest,) in await self._database.read(_ENDED, (json.dumps(list(digests)),)))

    async def use(self, digest: str, ages: Ages, address: str) -> User | None:
        """Find whose it is, and take note."""
        found = await self._database.read(_FIND, (digest, *astuple(ages)))
        if not found:
            return None
        await self._uses.note(digest, ages.now_ms, address)
        return user_of(found[0])

    async def _note(self, take: Take) -> None:
        await self._database.write(_USE, (json.dumps([(digest, *use) for digest, use in take().items()]),))

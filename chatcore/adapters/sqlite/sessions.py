"""Sessions: found by reading, while the notes that they are used are gathered into few transactions."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol

from ...domain.ids import UserId
from ...domain.users import User, check_may_enter
from ...ports.storage import SessionRecord
from ..sql.uses import Take, Uses
from .accounts import USER, by_id, user_of
from .database import Database

FORGOTTEN_AT_ONCE = 250
"""How many sessions one transaction looks at, so that posts need not wait for all of them."""

_BEGIN = """
insert into session (digest, user, label, begun_at_ms, used_at_ms)
select ?, id, ?, ?, ? from user where id = ? and disabled is null returning digest
"""
_END = "delete from session where digest = ?"
_NEXT = "select max(digest) from (select digest from session where digest > ? order by digest limit ?)"
_FORGET = "delete from session where digest > ? and digest <= ? and (used_at_ms < ? or begun_at_ms < ?)"

_OF = "select digest, label, begun_at_ms, used_at_ms from session where user = ? order by begun_at_ms, digest"
_ENDED = "select value from json_each(?) where not exists (select 1 from session where digest = value)"

_FIND = f"""
select {USER} from session join user on user.id = session.user
where digest = ? and used_at_ms >= ? and begun_at_ms >= ?
"""

_USE = """
update session set used_at_ms = max(used_at_ms, uses.at)
from (select json_extract(value, '$[0]') as digest, json_extract(value, '$[1]') as at from json_each(?)) uses
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

    async def begin(self, digest: str, user: UserId, now_ms: int, label: str) -> None:
        """Add one; raise NotFound and NotAllowed. Takes its turn as a write."""
        if not await self._database.write(_BEGIN, (digest, label, now_ms, now_ms, user)):
            check_may_enter(await by_id(self._database, user))

    async def of(self, user: UserId) -> Sequence[SessionRecord]:
        """List those of a user."""
        return [SessionRecord(*record) for record in await self._database.read(_OF, (user,))]

    async def end(self, digest: str) -> None:
        """Remove one. Takes its turn as a write."""
        await self._database.write(_END, (digest,))

    async def renew(self, used: Sequence[str], now_ms: int) -> None:
        """Take note of many. Takes its turn as a write."""
        await self._database.write(_USE, (json.dumps([(digest, now_ms) for digest in used]),))

    async def forget(self, after: str, idle_since_ms: int, begun_since_ms: int) -> str | None:
        """Remove those of the next ones that are too old; give the last that was looked at. Takes its turn as a write.

        None where there are no more.
        """
        last: str | None = (await self._database.find(_NEXT, (after, FORGOTTEN_AT_ONCE)))[0][0]
        if last is not None:
            await self._database.write(_FORGET, (after, last, idle_since_ms, begun_since_ms))
        return last

    async def ended(self, digests: Sequence[str]) -> tuple[str, ...]:
        """Find those of many that are not there any more."""
        return tuple(digest for (digest,) in await self._database.read(_ENDED, (json.dumps(list(digests)),)))

    async def use(self, digest: str, now_ms: int, idle_since_ms: int, begun_since_ms: int) -> User | None:
        """Find whose it is, and take note."""
        found = await self._database.read(_FIND, (digest, idle_since_ms, begun_since_ms))
        if not found:
            return None
        await self._uses.note(digest, now_ms)
        return user_of(found[0])

    async def _note(self, take: Take) -> None:
        await self._database.write(_USE, (json.dumps(list(take().items())),))

"""What is kept of refused posts, and of texts that were asked for where others are stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ...domain.ids import ClientId, UserId
from ...domain.messages import Message
from ...domain.refusals import KEPT_MS, MAX_KEPT
from ...errors import ChatError, from_wire
from ..sql.known import Key
from .database import Database

_SECRET = "select value from meta where name = 'asked_secret'"  # noqa: S105 - a query
_NEWEST = "select max(at_ms) from refusal"

_FIND = """
select sender, client_id, code, message, field from json_each(?1) wanted
cross join refusal on sender = json_extract(wanted.value, '$[0]') and client_id = json_extract(wanted.value, '$[1]')
where at_ms >= ?2
"""

_ADD = """
insert into refusal (sender, client_id, code, message, field, at_ms) values (?, ?, ?, ?, ?, ?)
on conflict (sender, client_id) do update set
  code = excluded.code, message = excluded.message, field = excluded.field, at_ms = excluded.at_ms
"""
_FORGET_OLD = "delete from refusal where at_ms < ?"
_FORGET_MANY = """
delete from refusal where sender = ?1
and place <= (select place from refusal where sender = ?1 order by place desc limit 1 offset ?2)
"""

_ASKED = "select number, digest from asked where number in (select value from json_each(?))"
_ADD_ASKED = "insert into asked (number, digest) values (?, ?)"

_IS_SETTLED = """
select exists (select 1 from message where client_id = ?2 and sender = ?1)
or exists (select 1 from refusal where sender = ?1 and client_id = ?2 and at_ms >= ?3)
"""


class Refusals:
    """Keeps and finds them, by the writing connection. Where no refusal is young enough, nothing is asked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._newest_ms: int | None = None
        self.secret: bytes = b""

    async def load(self) -> None:
        """Find when the newest one was kept."""
        ((self._newest_ms,),) = await self._database.find(_NEWEST)
        ((secret,),) = await self._database.find(_SECRET)
        self.secret = bytes.fromhex(secret)

    async def of(self, keys: Sequence[Key], now_ms: int) -> dict[Key, ChatError]:
        """Return why posts with these names were refused."""
        since = now_ms - KEPT_MS
        if self._newest_ms is None or self._newest_ms < since:
            return {}
        found = await self._database.find(_FIND, (json.dumps(keys), since))
        return {(sender, client_id): from_wire(code, told, field) for sender, client_id, code, told, field in found}

    async def add(self, refused: Mapping[Key, ChatError], now_ms: int) -> None:
        """Keep them, and forget what is too old or too much."""
        self._newest_ms = now_ms if self._newest_ms is None else max(self._newest_ms, now_ms)
        for (sender, client_id), error in refused.items():
            await self._database.write(_ADD, (sender, client_id, error.code, error.message, error.field, now_ms))
            await self._database.write(_FORGET_MANY, (sender, MAX_KEPT))
        await self._database.write(_FORGET_OLD, (now_ms - KEPT_MS,))

    async def asked(self, messages: Mapping[Key, Message]) -> dict[Key, bytes]:
        """Return the digests of what was asked for in the place of these."""
        keys = {message.number: key for key, message in messages.items()}
        found = await self._database.find(_ASKED, (json.dumps(list(keys)),))
        return {keys[number]: digest for number, digest in found}

    async def add_asked(self, digests: Mapping[int, bytes]) -> None:
        """Keep digests, by the numbers of the messages."""
        for number, digest in digests.items():
            await self._database.write(_ADD_ASKED, (number, digest))


async def is_settled(database: Database, sender: UserId, client_id: ClientId, now_ms: int) -> bool:
    """Return whether a message is stored under a client id, or a refusal kept."""
    ((found,),) = await database.read(_IS_SETTLED, (sender, client_id, now_ms - KEPT_MS))
    return bool(found)

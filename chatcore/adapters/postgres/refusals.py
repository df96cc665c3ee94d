"""What is kept of refused posts, and of texts that were asked for where others are stored."""

from __future__ import annotations

from collections.abc import Mapping

from ...domain.ids import ClientId, UserId
from ...domain.refusals import KEPT_MS, MAX_KEPT
from ...errors import ChatError
from ..sql.known import Key
from .database import Database, Transaction

SECRET = "select value from meta where name = 'asked_secret'"  # noqa: S105 - a query

_ADD = """
insert into refusal (sender, client_id, code, message, field, at_ms) values ($1, $2, $3, $4, $5, $6)
on conflict (sender, client_id) do update set
  code = excluded.code, message = excluded.message, field = excluded.field, at_ms = excluded.at_ms
"""
_FORGET_OLD = "delete from refusal where at_ms < $1"
_FORGET_MANY = """
delete from refusal where place in (select place from refusal where sender = $1 order by place desc offset $2)
"""

_ADD_ASKED = "insert into asked (number, digest) select * from unnest($1::bigint[], $2::bytea[])"

_IS_SETTLED = """
select exists (select 1 from message where client_id = $2 and sender = $1)
or exists (select 1 from refusal where sender = $1 and client_id = $2 and at_ms >= $3)
"""


async def add(transaction: Transaction, refused: Mapping[Key, ChatError], now_ms: int) -> None:
    """Keep them, and forget what is too old or too much."""
    for (sender, client_id), error in refused.items():
        await transaction.run(_ADD, sender, client_id, error.code, error.message, error.field, now_ms)
        await transaction.run(_FORGET_MANY, sender, MAX_KEPT)
    await transaction.run(_FORGET_OLD, now_ms - KEPT_MS)


async def add_asked(transaction: Transaction, digests: Mapping[int, bytes]) -> None:
    """Keep digests, by the numbers of the messages."""
    await transaction.run(_ADD_ASKED, list(digests), list(digests.values()))


async def is_settled(database: Database, sender: UserId, client_id: ClientId, now_ms: int) -> bool:
    """Return whether a message is stored under a client id, or a refusal kept."""
    ((found,),) = await database.read(_IS_SETTLED, sender, client_id, now_ms - KEPT_MS)
    return bool(found)

"""Users: registering them, finding them, and the directory."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from ...domain.ids import UserId
from ...domain.users import User
from ...errors import NameTaken, NotFound
from ...ports.storage import Account
from ..sql.kinds import FOR_ALL
from .database import Database

_REGISTER = """
insert into user (number, fact, born, id, name, folded, password_hash, created_at_ms)
values ((select coalesce(max(number), 0) + 1 from user), (select coalesce(max(fact), 0) + 1 from user),
  (select coalesce(max(number), 0) from message), ?, ?, ?, ?, ?)
on conflict (folded) do nothing returning id, name, number, fact
"""

# Everything so far is history: read, as far as the numbers go.
_JOIN = f"""
insert into reading (user, conversation, base, cursor, read, version)
select ?, conversation, seq, seq, live, 0 from message where conversation = {FOR_ALL} order by seq desc limit 1
"""

_CHANGE_HASH = "update user set password_hash = ? where id = ? returning id"
_BY_ID = "select id, name, number, fact from user where id = ?"
_BY_NAME = "select id, name, number, fact, password_hash from user where folded = ?"
_DIRECTORY = "select id, name, number, fact from user where fact > ? order by fact limit ?"


async def register(database: Database, user: UserId, name: str, folded: str, password_hash: str, now_ms: int) -> User:
    """Add a user with the next number and fact; raise NameTaken."""
    async with database.transaction():
        added = await database.write(_REGISTER, (user, name, folded, password_hash, now_ms))
        if not added:
            msg = f"the name {name} is taken"
            raise NameTaken(msg, field="name")
        await database.write(_JOIN, (user,))
    return User(*added[0])


async def set_password(database: Database, user: UserId, password_hash: str) -> None:
    """Keep another hash; raise NotFound."""
    if not await database.write(_CHANGE_HASH, (password_hash, user)):
        raise NotFound(field="user")


async def by_id(database: Database, user: UserId) -> User | None:
    """Find a user."""
    found = await database.read(_BY_ID, (user,))
    return User(*found[0]) if found else None


async def by_name(database: Database, folded: str) -> Account | None:
    """Find an account."""
    found = await database.read(_BY_NAME, (folded,))
    return Account(User(*found[0][:4]), found[0][4]) if found else None


async def directory(database: Database, after: int, limit: int) -> tuple[User, ...]:
    """List users by fact."""
    return tuple(User(*record) for record in await database.read(_DIRECTORY, (after, limit)))

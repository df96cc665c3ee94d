"""Users: registering, finding and changing them, and the directory."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...domain.former_names import KEPT_MS, look_digest, name_digests
from ...domain.ids import UserId
from ...domain.looks import look_of
from ...domain.users import AccountName, Exclusion, NewUser, User, UserChange, key_taken, look_taken, name_taken
from ...errors import NotFound
from ...ports.storage import Account
from ..sql.kinds import FOR_ALL
from ..sql.names import NameColumns
from ..sql.progress import told
from . import invitations
from .database import Database, Record

USER = (
    "user.id, user.name, user.number, user.fact, user.display_name, user.look, user.disabled is not null, user.erased"
)
"""The columns of a user."""

_NEXT = """
select (select coalesce(max(number), 0) + 1 from user), (select coalesce(max(fact), 0) + 1 from user)
"""
_REGISTER = """
insert into user (number, fact, born, changed, id, name, folded, name_look, password_hash, created_at_ms,
  display_name, look, key)
select ?, ?, newest, newest, ?, ?, ?, ?, ?, ?, ?, ?, ? from (select coalesce(max(number), 0) as newest from message)
"""

# Everything so far is history: read, as far as the numbers go.
_JOIN = f"""
insert into reading (user, conversation, base, cursor, read, version)
select ?, conversation, seq, seq, live, 0 from message where conversation = {FOR_ALL} order by seq desc limit 1
"""

_CHANGE = """
update user set name = ?, folded = ?, name_look = ?, display_name = ?, look = ?, disabled = ?, banned_until = ?,
  fact = ?, changed = (select coalesce(max(number), 0) from message) where id = ?
"""
_EXCLUDE = "update user set disabled = ?, banned_until = ? where id = ?"
_ERASE = "update user set erased = 1, key = null, password_hash = '' where id = ?"
_END_SESSIONS = "delete from session where user = ? returning digest"
_END_OTHERS = "delete from session where user = ? and digest <> ? returning digest"
_NEXT_FACT = "select coalesce(max(fact), 0) + 1 from user"

NOBODY = UserId("")

_SAME_NAME = "select 1 from user where folded = ? and id <> ?"
_SAME_LOOK = "select 1 from user where name_look = ? and id <> ?"
_SAME_KEY = "select 1 from user where key = ?"
_SECRET = "select value from meta where name = 'names_secret'"  # noqa: S105 - a query
_FORMER = "select 1 from former_name where digest in (?, ?) and at_ms > ?"
_GIVE_UP = "insert into former_name (digest, at_ms) values (?, ?) on conflict do update set at_ms = excluded.at_ms"
_TWINS = """
select id, name from user indexed by user_twin where name_look is null and not erased and number > 0 order by number
"""
_GIVE_ON = """
update user set name_look = ? where id = ? and not exists (select 1 from user where name_look = ?)
"""
_FORGET = "delete from former_name where at_ms between 0 and ?"

_CHANGE_HASH = "update user set password_hash = ? where id = ? and not erased returning id"
_RENEW_HASH = "update user set password_hash = ? where id = ? and password_hash = ?"
_ACCOUNT = f"select {USER}, password_hash, key, disabled, banned_until from user"
_BANS_OVER = "select id from user where banned_until <= ? order by banned_until, id limit ?"
_BY_ID = f"select {USER} from user where id = ?"
_DIRECTORY = f"select {USER} from user where fact > ? order by fact limit ?"

_WITHOUT_LOOK = """
select id, name, display_name, number from user where look is null and number > ? order by number limit 500
"""
_SET_LOOKS = """
update user set look = looks.value ->> 1 from json_each(?) looks where user.id = looks.value ->> 0
"""
_SET_NAME_LOOKS = """
update or ignore user set name_look = looks.value ->> 2 from json_each(?) looks where user.id = looks.value ->> 0
"""


def user_of(record: Record | Sequence[Any]) -> User:
    """Return the user that the columns `USER` stand for."""
    user, name, number, fact, display_name, look, disabled, erased = record
    return User(user, name, number, fact, display_name, look, bool(disabled), bool(erased))


async def register(database: Database, new: NewUser, now_ms: int) -> User:
    """Add a user with the next number and fact; raise NameTaken, InvalidInvitation."""
    name = new.name
    async with database.transaction():
        # The key first: who is known by it may just have got the same name.
        if new.key is not None and await database.find(_SAME_KEY, (new.key,)):
            raise key_taken()
        await _check_free(database, name, NOBODY)
        if new.is_own:
            digests = name_digests(await _secret(database), name)
            if await database.find(_FORMER, (*digests, now_ms - KEPT_MS)):
                raise name_taken(name.name)
        ((number, fact),) = await database.find(_NEXT)
        user = new.as_user(number, fact)
        shown = (user.display_name, user.look, new.key)
        await database.write(
            _REGISTER, (number, fact, new.id, name.name, name.folded, name.look, new.password_hash, now_ms, *shown)
        )
        await database.write(_JOIN, (new.id,))
        if new.invitation is not None:
            await invitations.use(database, new.invitation, now_ms)
    return user


async def change(
    database: Database, user: UserId, change: UserChange, now_ms: int
) -> tuple[User, User, tuple[str, ...]]:
    """Change a user; return what they were, what they are, and which sessions ended. Raises NotFound, NameTaken."""
    ended: tuple[str, ...] = ()
    async with database.transaction():
        found = await database.find(f"{_ACCOUNT} where id = ?", (user,))
        if not found or (found[0][7] and not change.erased):
            raise NotFound(field="user")
        account = _account(found[0])
        former = account.user
        if not change.applies(account.exclusion):
            return former, former, ended
        ((fact,),) = await database.find(_NEXT_FACT)
        changed = change.of(former, fact)
        exclusion = change.exclusion(changed, account.exclusion)
        columns = exclusion.reason if changed.disabled else None, exclusion.banned_until_ms
        if changed == former:
            if exclusion != account.exclusion:
                await database.write(_EXCLUDE, (*columns, user))
        else:
            name, given_up = await _name(database, former, change, now_ms)
            if change.is_own and changed.look not in {former.look, name.look}:
                await _check_own(database, changed, now_ms)
            names = changed.name, name.folded, name.look, changed.display_name, changed.look
            await database.write(_CHANGE, (*names, *columns, fact, user))
            if given_up is not None:
                await _give_on(database, given_up.look)
            if changed.erased:
                await database.write(_ERASE, (user,))
            if changed.disabled:
                ended = tuple(sorted(digest for (digest,) in await database.write(_END_SESSIONS, (user,))))
    return former, changed, ended


async def _name(
    database: Database, former: User, change: UserChange, now_ms: int
) -> tuple[NameColumns, AccountName | None]:
    """Return what stands in the columns of the name then, and the name that is given up and noted, if any.

    Raises NameTaken.
    """
    (found,) = await database.find("select folded, name_look from user where id = ?", (former.id,))
    columns = NameColumns(*found)
    if change.name is not None:
        await _check_free(database, change.name, former.id)
    given_up = columns.given_up(former, change)
    if given_up is not None:
        for digest in name_digests(await _secret(database), given_up):
            await database.write(_GIVE_UP, (digest, now_ms))
        await database.write(_FORGET, (now_ms - KEPT_MS,))
    return columns.after(former, change), given_up


async def _check_own(database: Database, changed: User, now_ms: int) -> None:
    """Raise NameTaken where a display name looks like the account of another, or like one given up not long ago."""
    digest = look_digest(await _secret(database), changed.look)
    if await database.find(_SAME_LOOK, (changed.look, changed.id)) or await database.find(
        _FORMER, (digest, digest, now_ms - KEPT_MS)
    ):
        raise look_taken(changed.display_name, field="display_name")


async def _give_on(database: Database, look: str) -> None:
    """Give a look that somebody has left to an older account whose name has it, too: nobody else may take it."""
    for twin, name in await database.find(_TWINS):
        if look_of(name) == look:
            await database.write(_GIVE_ON, (look, twin, look))


async def _check_free(database: Database, name: AccountName, owner: UserId) -> None:
    if await database.find(_SAME_NAME, (name.folded, owner)):
        raise name_taken(name.name)
    if await database.find(_SAME_LOOK, (name.look, owner)):
        raise look_taken(name.name)


async def _secret(database: Database) -> bytes:
    ((secret,),) = await database.find(_SECRET)
    return bytes.fromhex(secret)


async def set_password(database: Database, user: UserId, password_hash: str, spare: str) -> Sequence[str]:
    """Keep the hash of another password; return which sessions ended, all but one. Raises NotFound."""
    async with database.transaction():
        if not await database.write(_CHANGE_HASH, (password_hash, user)):
            raise NotFound(field="user")
        return tuple(sorted(digest for (digest,) in await database.write(_END_OTHERS, (user, spare))))


async def renew_hash(database: Database, user: UserId, former: str, password_hash: str) -> None:
    """Keep another hash of the same password."""
    await database.write(_RENEW_HASH, (password_hash, user, former))


async def by_id(database: Database, user: UserId) -> User | None:
    """Find a user."""
    found = await database.read(_BY_ID, (user,))
    return user_of(found[0]) if found else None


async def account(database: Database, column: str, value: str) -> Account | None:
    """Find an account by one of its columns `folded`, `id` and `key`."""
    found = await database.read(f"{_ACCOUNT} where {column} = ?", (value,))
    return _account(found[0]) if found else None


def _account(record: Record) -> Account:
    *values, password_hash, key, reason, banned_until_ms = record
    return Account(user_of(values), password_hash, key, Exclusion(reason or "", banned_until_ms))


async def bans_over(database: Database, now_ms: int, limit: int) -> tuple[UserId, ...]:
    """List users whose ban has ended."""
    return tuple(user for (user,) in await database.read(_BANS_OVER, (now_ms, limit)))


async def directory(database: Database, after: int, limit: int) -> tuple[User, ...]:
    """List users by fact."""
    return tuple(map(user_of, await database.read(_DIRECTORY, (after, limit))))


async def write_looks(database: Database) -> None:
    """Write how the names look of accounts that are older than that: whoever came first has the look."""
    last = 0
    async with told("writing how the names of accounts look", "accounts") as progress:
        while found := await database.find(_WITHOUT_LOOK, (last,)):
            async with database.transaction():
                looks = json.dumps([(user, look_of(shown), look_of(name)) for user, name, shown, _ in found])
                await database.write(_SET_NAME_LOOKS, (looks,))
                await database.write(_SET_LOOKS, (looks,))
            last = found[-1][3]
            progress.done += len(found)

"""Users: registering, finding and changing them, and the directory."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

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
from . import invitations
from .database import Database, Record, Transaction

USER = (
    "account.id, account.name, account.number, account.fact, account.display_name, account.look,"
    " account.disabled is not null, account.erased"
)
"""The columns of a user."""

_REGISTER = """
insert into account (number, fact, born, changed, id, name, folded, name_look, password_hash, created_at_ms,
  display_name, look, key)
select (select coalesce(max(number), 0) + 1 from account), (select coalesce(max(fact), 0) + 1 from account),
  newest, newest, $1, $2, $3, $4, $5, $6, $7, $8, $9
from (select coalesce(max(number), 0) as newest from message) log
on conflict (id) do nothing returning id
"""

# Everything so far is history: read, as far as the numbers go.
_JOIN = f"""
insert into reading (user_id, conversation, base, cursor, read, version)
select $1, conversation, seq, seq, live, 0 from message where conversation = {FOR_ALL} order by seq desc limit 1
on conflict do nothing
"""

_CHANGE = """
update account set name = $1, folded = $2, name_look = $3, display_name = $4, look = $5, disabled = $6,
  banned_until = $7, fact = $8, changed = (select coalesce(max(number), 0) from message) where id = $9
"""
_EXCLUDE = "update account set disabled = $1, banned_until = $2 where id = $3"
_ERASE = "update account set erased = true, key = null, password_hash = '' where id = $1"
_END_SESSIONS = "delete from session where user_id = $1 returning digest"
_END_OTHERS = "delete from session where user_id = $1 and digest <> $2 returning digest"

_SAME_NAME = "select 1 from account where folded = $1 and id <> $2"
_SAME_LOOK = "select 1 from account where name_look = $1 and id <> $2"
_SAME_KEY = "select 1 from account where key = $1 and id <> $2"
_SECRET = "select value from meta where name = 'names_secret'"  # noqa: S105 - a query
_FORMER = "select 1 from former_name where digest in ($1, $2) and at_ms > $3"
_GIVE_UP = """
insert into former_name (digest, at_ms) values ($1, $2) on conflict (digest) do update set at_ms = excluded.at_ms
"""
_TWINS = "select id, name from account where name_look is null and not erased and number > 0 order by number"
_GIVE_ON = """
update account set name_look = $1 where id = $2 and not exists (select 1 from account where name_look = $1)
"""
_FORGET = "delete from former_name where at_ms between 0 and $1"

_CHANGE_HASH = "update account set password_hash = $1 where id = $2 and not erased returning id"
_RENEW_HASH = "update account set password_hash = $1 where id = $2 and password_hash = $3"
_ACCOUNT = f"select {USER}, password_hash, key, disabled, banned_until from account"
_BANS_OVER = "select id from account where banned_until <= $1 order by banned_until, id limit $2"
_BY_ID = f"select {USER} from account where id = $1"
_DIRECTORY = f"select {USER} from account where fact > $1 order by fact limit $2"

Changed = tuple[User, User, tuple[str, ...]]
"""A user before and after a change, and the sessions that ended with it."""


def user_of(record: Record | Sequence[Any]) -> User:
    """Return the user that the columns `USER` stand for."""
    return User(*record)


async def register(database: Database, new: NewUser, now_ms: int) -> User:
    """Add a user with the next number and fact; raise NameTaken, InvalidInvitation.

    With the log's lock: no message may come between what the user has as history and what is theirs to read, and
    nobody reads what has happened past a user who is to stand before it. What is stored already, since an answer was
    lost on its way, is the answer.
    """
    name, shown = new.name, new.display_name or new.name.name
    async with database.transaction((database.locks.directory, database.locks.log)) as transaction:
        # The key first: who is known by it may just have got the same name.
        if new.key is not None and await transaction.run(_SAME_KEY, new.key, new.id):
            raise key_taken()
        await _check_free(transaction, name, new.id)
        if new.is_own:
            digests = name_digests(await _secret(transaction), name)
            if await transaction.run(_FORMER, *digests, now_ms - KEPT_MS):
                raise name_taken(name.name)
        values = (new.id, name.name, name.folded, name.look, new.password_hash, now_ms, shown, look_of(shown), new.key)
        is_new = await transaction.run(_REGISTER, *values)
        await transaction.run(_JOIN, new.id)
        if is_new and new.invitation is not None:  # what is stored already has used it
            await invitations.use(transaction, new.invitation, now_ms)
        (added,) = await transaction.run(_BY_ID, new.id)
    return user_of(added)


async def change(database: Database, user: UserId, change: UserChange, now_ms: int, doubted: list[Changed]) -> Changed:
    """Change a user. Raises NotFound, NameTaken.

    `doubted` takes what came of it, in case it is made again: then nothing is different any more.
    """
    async with database.transaction((database.locks.directory, database.locks.log)) as transaction:
        found = await transaction.run(f"{_ACCOUNT} where id = $1", user)
        if not found or (found[0][7] and not change.erased):
            raise NotFound(field="user")
        account = _account(found[0])
        former, ended = account.user, tuple[str, ...]()
        if not change.applies(account.exclusion):
            return doubted[0] if doubted else (former, former, ended)
        ((fact,),) = await transaction.run("select max(fact) + 1 from account")
        changed = change.of(former, fact)
        exclusion = change.exclusion(changed, account.exclusion)
        columns = exclusion.reason if changed.disabled else None, exclusion.banned_until_ms
        if changed == former:
            if exclusion != account.exclusion:
                await transaction.run(_EXCLUDE, *columns, user)
            return doubted[0] if doubted else (former, changed, ended)
        name, given_up = await _name(transaction, former, change, now_ms)
        if change.is_own and changed.look not in {former.look, name.look}:
            await _check_own(transaction, changed, now_ms)
        names = changed.name, name.folded, name.look, changed.display_name, changed.look
        await transaction.run(_CHANGE, *names, *columns, fact, user)
        if given_up is not None:
            await _give_on(transaction, given_up.look)
        if changed.erased:
            await transaction.run(_ERASE, user)
        if changed.disabled:
            ended = tuple(sorted(digest for (digest,) in await transaction.run(_END_SESSIONS, user)))
        doubted.append((former, changed, ended))
    return former, changed, ended


async def _name(
    transaction: Transaction, former: User, change: UserChange, now_ms: int
) -> tuple[NameColumns, AccountName | None]:
    """Return what stands in the columns of the name then, and the name that is given up and noted, if any.

    Raises NameTaken.
    """
    (found,) = await transaction.run("select folded, name_look from account where id = $1", former.id)
    columns = NameColumns(*found)
    if change.name is not None:
        await _check_free(transaction, change.name, former.id)
    given_up = columns.given_up(former, change)
    if given_up is not None:
        for digest in name_digests(await _secret(transaction), given_up):
            await transaction.run(_GIVE_UP, digest, now_ms)
        await transaction.run(_FORGET, now_ms - KEPT_MS)
    return columns.after(former, change), given_up


async def _check_own(transaction: Transaction, changed: User, now_ms: int) -> None:
    """Raise NameTaken where a display name looks like the account of another, or like one given up not long ago."""
    digest = look_digest(await _secret(transaction), changed.look)
    if await transaction.run(_SAME_LOOK, changed.look, changed.id) or await transaction.run(
        _FORMER, digest, digest, now_ms - KEPT_MS
    ):
        raise look_taken(changed.display_name, field="display_name")


async def _give_on(transaction: Transaction, look: str) -> None:
    """Give a look that somebody has left to an older account whose name has it, too: nobody else may take it."""
    for twin, name in await transaction.run(_TWINS):
        if look_of(name) == look:
            await transaction.run(_GIVE_ON, look, twin)


async def _check_free(transaction: Transaction, name: AccountName, owner: UserId) -> None:
    if await transaction.run(_SAME_NAME, name.folded, owner):
        raise name_taken(name.name)
    if await transaction.run(_SAME_LOOK, name.look, owner):
        raise look_taken(name.name)


async def _secret(transaction: Transaction) -> bytes:
    ((secret,),) = await transaction.run(_SECRET)
    return bytes.fromhex(secret)


async def set_password(database: Database, user: UserId, password_hash: str, spare: str, ended: set[str]) -> None:
    """Keep the hash of another password, and add to `ended` which sessions ended: all but one. Raises NotFound."""
    async with database.transaction() as transaction:
        if not await transaction.run(_CHANGE_HASH, password_hash, user):
            raise NotFound(field="user")
        ended.update(digest for (digest,) in await transaction.run(_END_OTHERS, user, spare))


async def renew_hash(database: Database, user: UserId, former: str, password_hash: str) -> None:
    """Keep another hash of the same password."""
    async with database.transaction() as transaction:
        await transaction.run(_RENEW_HASH, password_hash, user, former)


async def by_id(database: Database, user: UserId) -> User | None:
    """Find a user."""
    found = await database.read(_BY_ID, user)
    return user_of(found[0]) if found else None


async def account(database: Database, column: str, value: str) -> Account | None:
    """Find an account by one of its columns `folded`, `id` and `key`."""
    found = await database.read(f"{_ACCOUNT} where {column} = $1", value)
    return _account(found[0]) if found else None


def _account(record: Record) -> Account:
    *values, password_hash, key, reason, banned_until_ms = record
    return Account(user_of(values), password_hash, key, Exclusion(reason or "", banned_until_ms))


async def bans_over(database: Database, now_ms: int, limit: int) -> tuple[UserId, ...]:
    """List users whose ban has ended."""
    return tuple(user for (user,) in await database.read(_BANS_OVER, now_ms, limit))


async def directory(database: Database, after: int, limit: int) -> tuple[User, ...]:
    """List users by fact."""
    return tuple(map(user_of, await database.read(_DIRECTORY, after, limit)))

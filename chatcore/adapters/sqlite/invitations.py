"""The invitations to register."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from ...domain.invitations import InvitationRecord, no_invitation
from .database import Database

_COLUMNS = "digest, label, made_at_ms, uses, used, ends_at_ms"
_ADD = f"insert into invitation ({_COLUMNS}) values (?, ?, ?, ?, ?, ?)"
_ALL = f"select {_COLUMNS} from invitation order by made_at_ms, digest"
_ONE = f"select {_COLUMNS} from invitation where digest = ?"
_USE = """
update invitation set used = used + 1
where digest = ? and used < uses and (ends_at_ms is null or ends_at_ms > ?) returning digest
"""
_REVOKE = "delete from invitation where digest = ?"


async def add(database: Database, new: InvitationRecord) -> None:
    """Keep a new one."""
    await database.write(_ADD, (new.id, new.label, new.made_at_ms, new.uses, new.used, new.ends_at_ms))


async def all_of_them(database: Database) -> list[InvitationRecord]:
    """List all, the oldest first."""
    return [InvitationRecord(*record) for record in await database.read(_ALL)]


async def find(database: Database, digest: str) -> InvitationRecord | None:
    """Find one."""
    found = await database.read(_ONE, (digest,))
    return InvitationRecord(*found[0]) if found else None


async def use(database: Database, digest: str, now_ms: int) -> None:
    """Use one once, within the transaction that adds the user. Raises InvalidInvitation."""
    if not await database.write(_USE, (digest, now_ms)):
        raise no_invitation()


async def revoke(database: Database, digest: str) -> None:
    """Forget one."""
    await database.write(_REVOKE, (digest,))

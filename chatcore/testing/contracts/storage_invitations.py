"""What every storage promises about invitations to register."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

import asyncio

import pytest

from ...domain.ids import UserId
from ...domain.invitations import InvitationRecord
from ...domain.users import AccountName, NewUser, User
from ...errors import ChatError, InvalidInvitation, NameTaken
from ...ports.storage import Storage
from .storage_base import ALICE, BOB, CAROL, NOON, StorageBase, told_by

CODE, OTHER = "c0" * 32, "0c" * 32
"""Digests of codes."""


def by(invitation: str, user: UserId, name: str = "") -> NewUser:
    """Ask for a user who is invited."""
    name = name or f"user-{user[:4]}"
    return NewUser(user, AccountName(name, name), "hash", is_own=True, invitation=invitation)


class InvitationsContract(StorageBase):
    """Who has a code may register."""

    async def test_invitations_are_listed_in_the_order_in_which_they_were_made(self, storage: Storage) -> None:
        later = InvitationRecord(CODE, "the choir", NOON + 1, 5, 0, NOON + 9)
        first = InvitationRecord(OTHER, "", NOON, 1)
        await storage.add_invitation(later)
        await storage.add_invitation(first)
        storage = await self.reopen(storage)

        assert list(await storage.invitations()) == [first, later]
        assert [await storage.invitation(digest) for digest in (CODE, OTHER, "00" * 32)] == [later, first, None]

    async def test_each_registration_uses_an_invitation_once(self, storage: Storage) -> None:
        await storage.add_invitation(InvitationRecord(CODE, "", NOON, 2))
        await storage.add_invitation(InvitationRecord(OTHER, "", NOON + 1, 2))
        await storage.add_user(by(CODE, ALICE), NOON)
        storage = await self.reopen(storage)
        await storage.add_user(by(CODE, BOB), NOON)
        commits = told_by(storage)

        with pytest.raises(InvalidInvitation) as refused:
            await storage.add_user(by(CODE, CAROL), NOON)

        assert refused.value.field == "invitation"
        assert [invitation.used for invitation in await storage.invitations()] == [2, 0]
        assert [user.id for user in await storage.users(0, 9)] == [ALICE, BOB]
        assert commits == []

    async def test_of_many_at_once_no_more_come_in_than_an_invitation_is_for(self, storage: Storage) -> None:
        await storage.add_invitation(InvitationRecord(CODE, "", NOON, 2))
        asked = [storage.add_user(by(CODE, UserId(f"{n:016x}"), f"name-{n}"), NOON) for n in range(8)]

        answers = await asyncio.gather(*asked, return_exceptions=True)

        assert sorted(type(answer).__name__ for answer in answers) == ["InvalidInvitation"] * 6 + ["User"] * 2
        added = sorted((answer for answer in answers if isinstance(answer, User)), key=lambda user: user.number)
        assert list(await storage.users(0, 9)) == added
        assert [user.number for user in added] == [1, 2]

    async def test_a_registration_that_is_refused_uses_up_no_invitation(self, storage: Storage) -> None:
        await storage.add_invitation(InvitationRecord(CODE, "", NOON, 1))
        await storage.add_user(NewUser(ALICE, AccountName("alice", "alice"), "hash"), NOON)

        with pytest.raises(NameTaken):
            await storage.add_user(by(CODE, BOB, "alice"), NOON)
        storage = await self.reopen(storage)

        assert (await storage.add_user(by(CODE, BOB, "bob"), NOON)).number == 2

    async def test_an_invitation_admits_nobody_from_its_end_on(self, storage: Storage) -> None:
        await storage.add_invitation(InvitationRecord(CODE, "", NOON, 5, 0, NOON + 10))

        await storage.add_user(by(CODE, ALICE), NOON + 9)

        assert await self._refused(storage, by(CODE, BOB), NOON + 10) == "invalid_invitation"
        assert [invitation.used for invitation in await storage.invitations()] == [1]

    async def test_an_invitation_that_was_revoked_or_never_made_admits_nobody(self, storage: Storage) -> None:
        await storage.add_invitation(InvitationRecord(CODE, "", NOON, 5))
        await storage.revoke_invitation(CODE)
        await storage.revoke_invitation(CODE)
        storage = await self.reopen(storage)

        assert await self._refused(storage, by(CODE, BOB), NOON) == "invalid_invitation"
        assert await self._refused(storage, by(OTHER, BOB), NOON) == "invalid_invitation"
        assert list(await storage.invitations()) == []
        assert await storage.user(BOB) is None

    @staticmethod
    async def _refused(storage: Storage, new: NewUser, now_ms: int) -> str:
        try:
            await storage.add_user(new, now_ms)
        except ChatError as error:
            return error.code
        return ""

"""Registering where one is invited: who comes in, what is used up, and who guesses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs
import pytest

from chatcore import (
    ChatError,
    InvalidInvitation,
    InvalidName,
    InvitationNeeded,
    NameTaken,
    NotAllowed,
    SlowDown,
    StorageFull,
    Throttles,
)
from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.invitations import MOST_INVITATIONS, InvitationRecord, code_digest
from chatcore.domain.users import NewUser, User
from chatcore.service import accounts, invitations
from chatcore.service.throttle import Throttle
from tests.service.chat import PASSWORD, Chat, a_chat

WRONG = "00000-00000-00000-00000"


@asynccontextmanager
async def by_invitation(storage: MemoryStorage | None = None) -> AsyncIterator[Chat]:
    """Make a service where one registers by invitation, with the usual throttles."""
    async with a_chat(storage) as chat:
        throttle = Throttle(Throttles(), chat.clock)
        chat.ctx = attrs.evolve(chat.ctx, registration="invitation", throttle=throttle)
        yield chat


async def register(chat: Chat, name: str, code: str | None, address: str = "192.0.2.1") -> User:
    return await accounts.register(chat.ctx, name, PASSWORD, address, code)


async def refused(chat: Chat, name: str, code: str | None, address: str = "192.0.2.1") -> str:
    try:
        await register(chat, name, code, address)
    except ChatError as error:
        return error.code
    return ""


async def used(chat: Chat) -> list[int]:
    return [invitation.used for invitation in await invitations.every(chat.ctx)]


async def test_who_has_a_code_registers_and_nobody_else_does() -> None:
    async with by_invitation() as chat:
        code = await invitations.invite(chat.ctx, "the choir", 1, None)

        with pytest.raises(InvitationNeeded) as needed:
            await register(chat, "alice", None)
        with pytest.raises(InvalidInvitation) as invalid:
            await register(chat, "alice", WRONG)
        alice = await register(chat, "alice", code.lower())

        assert (needed.value.field, invalid.value.field) == ("invitation", "invitation")
        assert alice.name == "alice"
        assert await refused(chat, "bob", code) == "invalid_invitation"
        assert await used(chat) == [1]


async def test_only_a_digest_of_the_code_is_kept() -> None:
    async with by_invitation() as chat:
        code = await invitations.invite(chat.ctx, "", 3, None)

        (kept,) = await invitations.every(chat.ctx)

        assert kept == InvitationRecord(code_digest(code), "", chat.clock.now_ms(), 3)
        assert code not in repr(kept)


async def test_a_code_that_two_use_at_once_admits_one() -> None:
    async with by_invitation() as chat:
        code = await invitations.invite(chat.ctx, "", 1, None)

        answers = await asyncio.gather(*(refused(chat, name, code) for name in ("alice", "bob")))

        assert sorted(answers) == ["", "invalid_invitation"]
        assert len(await chat.ctx.storage.users(0, 5)) == 1


@pytest.mark.parametrize("name", ["-bad-", "alice"])
async def test_a_registration_that_fails_uses_up_no_code(name: str) -> None:
    async with by_invitation() as chat:
        await accounts.create(chat.ctx, "alice", PASSWORD)
        code = await invitations.invite(chat.ctx, "", 1, None)

        with pytest.raises((InvalidName, NameTaken)):
            await register(chat, name, code)

        assert await used(chat) == [0]
        assert (await register(chat, "bob", code)).name == "bob"


class FullStorage(MemoryStorage):
    """Has no room for another user."""

    async def add_user(self, new: NewUser, now_ms: int) -> User:
        raise StorageFull


async def test_a_commit_that_fails_uses_up_no_code() -> None:
    async with by_invitation(FullStorage()) as chat:
        code = await invitations.invite(chat.ctx, "", 1, None)

        assert await refused(chat, "alice", code) == "storage_full"
        assert await used(chat) == [0]


async def test_an_invitation_that_has_ended_or_was_revoked_admits_nobody() -> None:
    async with by_invitation() as chat:
        short = await invitations.invite(chat.ctx, "", 9, chat.clock.now_ms() + 1_000)
        revoked = await invitations.invite(chat.ctx, "", 9, None)
        await invitations.revoke(chat.ctx, code_digest(revoked))
        await register(chat, "alice", short)
        chat.clock.elapse(1.0)

        assert await refused(chat, "bob", short) == "invalid_invitation"
        assert await refused(chat, "bob", revoked) == "invalid_invitation"


async def test_who_is_not_invited_does_not_learn_whether_a_name_is_taken() -> None:
    async with by_invitation() as chat:
        await accounts.create(chat.ctx, "alice", PASSWORD)

        assert await refused(chat, "alice", WRONG) == await refused(chat, "bob", WRONG) == "invalid_invitation"


async def test_codes_cannot_be_guessed_and_others_come_in_meanwhile() -> None:
    async with by_invitation() as chat:
        code = await invitations.invite(chat.ctx, "", 9, None)

        answers = [await refused(chat, f"user-{n}", WRONG) for n in range(8)]
        right = await refused(chat, "guesser", code)
        elsewhere = await refused(chat, "honest", code, "192.0.2.2")

        assert answers == ["invalid_invitation"] * 5 + ["slow_down"] * 3
        assert (right, elsewhere) == ("slow_down", "")
        chat.clock.elapse(1.0)
        assert await refused(chat, "guesser", code) == ""


async def test_a_right_code_makes_up_for_no_wrong_ones() -> None:
    async with by_invitation() as chat:
        code = await invitations.invite(chat.ctx, "", 99, None)
        answers = []
        for number in range(6):
            answers.append(await refused(chat, f"user-{number}", WRONG))
            answers.append(await refused(chat, "alice" if number else "taken", code))

        assert answers[:10:2] == ["invalid_invitation"] * 5
        assert answers[10] == "slow_down"


async def test_wrong_codes_take_nothing_of_the_registrations_of_others() -> None:
    async with by_invitation() as chat:
        chat.ctx = attrs.evolve(chat.ctx, throttle=Throttle(Throttles(guesses=2**30), chat.clock))
        code = await invitations.invite(chat.ctx, "", 9, None)
        for number in range(300):
            await refused(chat, f"user-{number}", WRONG, f"198.51.{number // 250}.{number % 250}")

        assert await refused(chat, "honest", code) == ""


async def test_a_whole_class_comes_with_one_code_from_one_address_at_once() -> None:
    async with by_invitation() as chat:
        code = await invitations.invite(chat.ctx, "", 40, None)

        answers = await asyncio.gather(*(refused(chat, f"pupil-{number}", code) for number in range(40)))

        assert answers == [""] * 40
        assert await used(chat) == [40]


async def test_where_everybody_may_register_a_code_is_passed_over() -> None:
    async with by_invitation() as chat:
        code = await invitations.invite(chat.ctx, "", 1, None)
        chat.ctx = attrs.evolve(chat.ctx, registration="open")

        assert await refused(chat, "alice", code) == await refused(chat, "bob", WRONG) == ""
        assert await used(chat) == [0]


async def test_where_nobody_may_register_no_code_helps() -> None:
    async with by_invitation() as chat:
        code = await invitations.invite(chat.ctx, "", 1, None)
        chat.ctx = attrs.evolve(chat.ctx, registration="closed")

        with pytest.raises(NotAllowed):
            await register(chat, "alice", code)
        assert await used(chat) == [0]


async def test_there_are_no_more_invitations_than_people_look_through() -> None:
    async with by_invitation() as chat:
        for number in range(MOST_INVITATIONS):
            await chat.ctx.storage.add_invitation(InvitationRecord(f"{number:064x}", "", 0, 1))

        with pytest.raises(NotAllowed, match="revoke some"):
            await invitations.invite(chat.ctx, "", 1, None)
        await invitations.revoke(chat.ctx, f"{7:064x}")
        await invitations.invite(chat.ctx, "", 1, None)


async def test_the_oldest_invitation_that_is_over_makes_room_for_another_one() -> None:
    async with by_invitation() as chat:
        for number in range(MOST_INVITATIONS):
            used = 1 if number in {500, 501} else 0
            await chat.ctx.storage.add_invitation(InvitationRecord(f"{number:064x}", "", number, 1, used))

        await invitations.invite(chat.ctx, "", 1, None)

        there = {invitation.id for invitation in await invitations.every(chat.ctx)}
        assert (len(there), f"{500:064x}" in there, f"{501:064x}" in there) == (MOST_INVITATIONS, False, True)


async def test_a_guesser_is_told_for_how_long_to_wait() -> None:
    async with by_invitation() as chat:
        for number in range(5):
            await refused(chat, f"user-{number}", WRONG)

        with pytest.raises(SlowDown) as slow:
            await register(chat, "alice", WRONG)

        assert slow.value.wait == 1.0

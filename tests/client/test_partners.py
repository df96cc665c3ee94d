"""Whom a program means: by name, by id, or by the user."""

from __future__ import annotations

import pytest

from chatcore import LoggedOut, NotFound, UserId
from chatcore.domain.users import AccountName, NewUser
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD


async def test_a_user_is_meant_by_name_by_id_and_by_themselves() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")

        by_name = await alice.conversation_with("BOB")

        assert await alice.conversation_with(bob.me.id) == by_name
        assert await alice.conversation_with(bob.me) == by_name


async def test_an_id_that_has_not_come_yet_is_waited_for() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        fresh = await world.client()
        await fresh.log_in("alice", PASSWORD)
        assert fresh.replica.user(bob.me.id) is None

        assert await fresh.conversation_with(bob.me.id) == await alice.conversation_with("bob")


async def test_an_id_is_meant_rather_than_a_name_that_looks_like_it() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        for number, name in enumerate((bob.me.id, "0123456789abcdef")):  # such names are of long ago
            await world.storage.add_user(NewUser(UserId(f"{number:016x}"), AccountName(name, name), ""), 0)

        assert await alice.conversation_with(bob.me.id) == await bob.conversation_with("alice")
        assert await alice.conversation_with("0123456789abcdef")


@pytest.mark.parametrize("nobody", ["nobody", UserId("0" * 16)])
async def test_of_nobody_there_is_no_conversation_and_none_with_oneself(nobody: str) -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        for user in (nobody, alice.me, alice.me.id):
            with pytest.raises(NotFound):
                await alice.conversation_with(user)


async def test_before_somebody_is_logged_in_there_is_none() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        stranger = await world.client()

        for user in ("alice", alice.me):
            with pytest.raises(LoggedOut):
                await stranger.conversation_with(user)

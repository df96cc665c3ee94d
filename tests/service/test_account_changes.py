"""Users of an application's own, and changes of accounts."""

from __future__ import annotations

import asyncio

import pytest

from chatcore import InvalidName, LoggedOut, NameTaken, NotAllowed, NotFound, User, UserId
from chatcore.ports.commits import Refused, Repeated, Stored
from chatcore.service import account_changes, accounts
from tests.service.chat import PASSWORD, Chat, a_chat, between


async def ensured(chat: Chat, key: str, display_name: str | None = None, name: str | None = None) -> User:
    return await account_changes.ensure(chat.ctx, key, display_name, name)


async def test_a_key_has_one_user_who_is_brought_up_to_date() -> None:
    async with a_chat() as chat:
        ann = await ensured(chat, "42", "Ann Kowalska")
        same = await ensured(chat, "42")
        married = await ensured(chat, "42", "Ann Nowak")
        renamed = await ensured(chat, "42", "Ann Nowak", "ann")

        assert (ann.name, ann.display_name, ann.fact) == ("ann.kowalska", "Ann Kowalska", 1)
        assert same == ann
        assert (married.id, married.name, married.display_name, married.fact) == (ann.id, ann.name, "Ann Nowak", 2)
        assert (renamed.id, renamed.name, renamed.display_name, renamed.fact) == (ann.id, "ann", "Ann Nowak", 3)


async def test_what_is_up_to_date_already_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_chat() as chat:
        await ensured(chat, "42", "Ann", "ann")
        monkeypatch.setattr(chat.ctx.storage, "change_user", None)  # nobody waits for the writer, either

        for _ in range(5):
            await ensured(chat, "42", " Ann ", "ann")
            await ensured(chat, "42")


async def test_people_of_one_name_have_accounts_of_several() -> None:
    async with a_chat() as chat:
        users = [await ensured(chat, str(number), "Ann") for number in range(30)]
        nameless = [await ensured(chat, f"n{number}", "李") for number in range(3)]
        by_key = await ensured(chat, "ann@example.org")
        reserved = await ensured(chat, "a", "Admin")

        assert [user.name for user in users[:4]] == ["ann", "ann2", "ann3", "ann4"]
        assert len({user.name for user in users}) == 30
        assert {user.display_name for user in users} == {"Ann"}
        assert [user.name for user in nameless] == ["user", "user2", "user3"]
        assert (by_key.name, by_key.display_name) == ("user4", "user4")  # a key is told to nobody
        assert reserved.name == "admin2"


async def test_one_key_asked_for_many_times_at_once_makes_one_user() -> None:
    async with a_chat() as chat:
        users = await asyncio.gather(*(ensured(chat, "42", "Ann") for _ in range(20)))

        assert {user.id for user in users} == {users[0].id}
        assert len(await chat.ctx.storage.users(0, 50)) == 1


async def test_a_name_of_somebody_else_is_refused_and_so_is_what_is_none() -> None:
    async with a_chat() as chat:
        await chat.users("alice")
        await ensured(chat, "42", "Ann")

        for key, name, refusal in (("43", "alice", NameTaken), ("43", "aIice", NameTaken), ("42", "alice", NameTaken)):
            with pytest.raises(refusal):
                await ensured(chat, key, "Ann", name)
        with pytest.raises(InvalidName):
            await ensured(chat, "42", "Ann\u202e")
        assert len(await chat.ctx.storage.users(0, 50)) == 2


async def test_who_is_disabled_is_out_until_they_are_enabled() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")
        token = await accounts.begin_session(chat.ctx, bob.id)

        await account_changes.disable(chat.ctx, bob.id, "spam")

        with pytest.raises(LoggedOut):
            await accounts.resume(chat.ctx, token)
        with pytest.raises(NotAllowed, match="disabled"):
            await accounts.log_in(chat.ctx, "bob", PASSWORD)
        with pytest.raises(NotAllowed):
            await accounts.begin_session(chat.ctx, bob.id)
        refused = await chat.post(alice, between(alice, bob), "hello", "c1")
        assert isinstance(refused, Refused)
        assert refused.error.code == "not_allowed"

        await account_changes.enable(chat.ctx, bob.id)
        chat.ctx.membership.known_users.changed(bob.id)

        await accounts.log_in(chat.ctx, "bob", PASSWORD)
        again = await chat.post(alice, between(alice, bob), "hello", "c1")
        another = await chat.post(alice, between(alice, bob), "hello", "c2")
        assert isinstance(again, Refused)  # a copy under way gets the same answer
        assert isinstance(another, Stored)


async def test_what_was_stored_before_somebody_was_disabled_is_answered_as_stored() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")
        await chat.post(alice, between(alice, bob), "hello", "c1")
        await account_changes.disable(chat.ctx, bob.id, "")
        chat.ctx.membership.known_users.changed(bob.id)

        assert isinstance(await chat.post(alice, between(alice, bob), "hello", "c1"), Repeated)


async def test_who_guesses_the_password_of_a_disabled_account_learns_nothing() -> None:
    async with a_chat() as chat:
        (bob,) = await chat.users("bob")
        await account_changes.disable(chat.ctx, bob.id, "spam")

        with pytest.raises(Exception, match="name or the password is wrong"):
            await accounts.log_in(chat.ctx, "bob", "another horse battery")


async def test_an_erased_account_leads_nowhere_any_more() -> None:
    async with a_chat() as chat:
        ann = await ensured(chat, "42", "Ann")
        (bob,) = await chat.users("bob")

        await account_changes.erase(chat.ctx, bob.id)
        await account_changes.erase(chat.ctx, ann.id)
        another = await ensured(chat, "42", "Ann")

        assert another.id != ann.id
        assert another.name == "ann2"  # "ann" was given up, and nobody asked for it
        with pytest.raises(Exception, match="name or the password is wrong"):
            await accounts.log_in(chat.ctx, "bob", PASSWORD)
        with pytest.raises(NameTaken):
            await accounts.register(chat.ctx, "bob", PASSWORD)
        for change in (account_changes.enable, account_changes.erase):
            if change is account_changes.enable:
                with pytest.raises(NotFound):
                    await change(chat.ctx, bob.id)
        with pytest.raises(NotFound):
            await account_changes.rename(chat.ctx, UserId("f" * 16), "carol")


@pytest.mark.parametrize(
    "name", ["aIice", "alice", "Admin", "adm1n", "SYSTEM", "Мoderator", "АDМIN", "ａｄｍｉｎ", "Deleted user"]
)
async def test_nobody_shows_themselves_as_what_looks_like_another_account_or_a_reserved_name(name: str) -> None:
    async with a_chat() as chat:
        _, bob = await chat.users("alice", "bob")

        with pytest.raises((NameTaken, InvalidName)) as refused:
            await account_changes.set_display_name(chat.ctx, bob.id, name, is_own=True)
        by_host = await account_changes.set_display_name(chat.ctx, bob.id, name)
        back = await account_changes.set_display_name(chat.ctx, bob.id, "", is_own=True)

        assert refused.value.field == "display_name"
        assert by_host.display_name == name
        assert back.display_name == "bob"

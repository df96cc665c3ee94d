"""Who is banned, what they are told, and how a ban ends."""

from datetime import UTC, datetime

import pytest

from chatcore import Banned, NotAllowed, WrongCredentials
from chatcore.service import account_changes, accounts
from tests.service.chat import PASSWORD, Chat, a_chat


def after(chat: Chat, seconds: int) -> int:
    return chat.clock.now_ms() + seconds * 1_000


async def refusal(chat: Chat, password: str = PASSWORD) -> Exception:
    with pytest.raises((Banned, NotAllowed, WrongCredentials)) as caught:
        await accounts.log_in(chat.ctx, "alice", password)
    return caught.value


async def test_who_is_banned_is_told_why_and_until_when_once_they_have_shown_their_password() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")
        until_ms = after(chat, 3_600)

        await account_changes.ban(chat.ctx, alice.id, "spam", until_ms)

        told = await refusal(chat)
        assert isinstance(told, Banned)
        assert (told.reason, told.until) == ("spam", datetime.fromtimestamp(until_ms / 1_000, UTC))
        assert told.message == f"this account is banned until {told.until:%Y-%m-%d %H:%M} UTC: spam"
        assert isinstance(await refusal(chat, "a wrong guess"), WrongCredentials)


async def test_why_somebody_is_disabled_is_told_to_nobody_and_a_ban_without_end_has_none() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")

        await account_changes.disable(chat.ctx, alice.id, "a secret of ours")
        disabled = await refusal(chat)
        await account_changes.ban(chat.ctx, alice.id, "spam", None)
        banned = await refusal(chat)
        chat.clock.elapse(1_000_000_000)
        await account_changes.end_bans(chat.ctx)

        assert type(disabled) is NotAllowed
        assert "secret" not in str(disabled)
        assert str(banned) == str(await refusal(chat)) == "this account is banned: spam"


async def test_a_ban_ends_by_itself_at_its_time_and_not_before() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")
        await account_changes.ban(chat.ctx, alice.id, "", after(chat, 60))
        await account_changes.ban(chat.ctx, bob.id, "", after(chat, 61))

        chat.clock.elapse(59)
        await account_changes.end_bans(chat.ctx)
        before = [user.disabled for user in await chat.ctx.storage.users(0, 5)]
        chat.clock.elapse(1)
        await account_changes.end_bans(chat.ctx)
        after_it = {user.name: user.disabled for user in await chat.ctx.storage.users(0, 5)}

        assert before == [True, True]
        assert after_it == {"alice": False, "bob": True}


async def test_who_logs_in_when_their_ban_is_over_need_not_wait_until_that_is_noticed() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")
        await account_changes.ban(chat.ctx, alice.id, "spam", after(chat, 60))

        chat.clock.elapse(60)
        user, token = await accounts.log_in(chat.ctx, "alice", PASSWORD)

        assert not user.disabled
        assert await accounts.resume(chat.ctx, token) == user == await chat.ctx.storage.user(alice.id)


async def test_who_is_banned_anew_or_disabled_meanwhile_is_not_let_in_by_the_end_of_the_former_ban() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")
        await account_changes.ban(chat.ctx, alice.id, "spam", after(chat, 60))
        await account_changes.ban(chat.ctx, alice.id, "more spam", after(chat, 120))
        chat.clock.elapse(60)
        await account_changes.end_bans(chat.ctx)
        banned = await refusal(chat)
        await account_changes.disable(chat.ctx, alice.id, "for good")
        chat.clock.elapse(60)
        await account_changes.end_bans(chat.ctx)

        assert isinstance(banned, Banned)
        assert banned.reason == "more spam"
        assert type(await refusal(chat)) is NotAllowed
        account = await chat.ctx.storage.account("alice")
        assert account is not None
        assert account.exclusion.reason == "for good"


async def test_more_bans_than_are_found_at_a_time_all_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_changes, "LET_IN_AT_ONCE", 2)
    async with a_chat() as chat:
        for user in await chat.users("alice", "bob", "carol", "dave", "erin"):
            await account_changes.ban(chat.ctx, user.id, "", after(chat, 1))

        chat.clock.elapse(1)
        await account_changes.end_bans(chat.ctx)

        assert not any(user.disabled for user in await chat.ctx.storage.users(0, 9))

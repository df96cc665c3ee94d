"""Registering, logging in, sessions and their end."""

from hashlib import sha256

import attrs
import pytest

from chatcore import (
    CommonPassword,
    InvalidName,
    LoggedOut,
    NameTaken,
    NotAllowed,
    SlowDown,
    StorageFull,
    Token,
    UserId,
    WeakPassword,
    WrongCredentials,
)
from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.sessions import Ages
from chatcore.domain.throttles import Throttles
from chatcore.domain.users import AccountName, NewUser
from chatcore.service import accounts
from chatcore.service.context import DAY_MS
from chatcore.service.throttle import Throttle
from chatcore.service.watched_clock import WatchedClock
from chatcore.testing.clock import VirtualClock
from chatcore.testing.fakes import QuickHasher
from tests.service.chat import PASSWORD, Chat, a_chat


async def test_a_name_is_kept_as_typed_and_compared_without_case() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("Alice")

        assert alice.name == "Alice"
        assert await accounts.check_credentials(chat.ctx, "aLICE", PASSWORD) == alice
        with pytest.raises(NameTaken):
            await chat.users("ALICE")


@pytest.mark.parametrize("name", ["", "a", "general", "You", "with space", "-dash", "x" * 33, "alicé", "Аlice", "a\nb"])
async def test_a_bad_name_is_refused_and_nobody_is_registered(name: str) -> None:
    async with a_chat() as chat:
        with pytest.raises(InvalidName) as caught:
            await chat.users(name)

        assert caught.value.field == "name"
        assert await chat.ctx.storage.users(0, 10) == ()


@pytest.mark.parametrize("password", ["", "1234567", "x" * 129])
async def test_a_bad_password_is_refused_and_nobody_is_registered(password: str) -> None:
    async with a_chat() as chat:
        with pytest.raises(WeakPassword) as caught:
            await accounts.register(chat.ctx, "alice", password)

        assert caught.value.field == "password"
        assert await chat.ctx.storage.users(0, 10) == ()


async def test_users_are_numbered_in_the_order_in_which_they_registered() -> None:
    async with a_chat() as chat:
        users = await chat.users("alice", "bob", "carol")

        assert [user.number for user in users] == [1, 2, 3]
        assert len({user.id for user in users}) == 3


async def test_an_unknown_name_and_a_wrong_password_are_refused_in_the_same_words() -> None:
    async with a_chat() as chat:
        await chat.users("alice")
        answers = []

        for name, password in [("alice", "wrong password"), ("bob", PASSWORD), ("b", PASSWORD), ("general", PASSWORD)]:
            with pytest.raises(WrongCredentials) as caught:
                await accounts.check_credentials(chat.ctx, name, password)
            answers.append((caught.value.message, caught.value.field))

        assert len(set(answers)) == 1


COMPOSED, DECOMPOSED = (
    "za\u017c\u00f3\u0142\u0107 g\u0119\u015bl\u0105",
    "zaz\u0307o\u0301\u0142c\u0301\u00a0ge\u0328s\u0301la\u0328",
)
"""One password from two keyboards."""


@pytest.mark.parametrize(
    ("chosen", "typed"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED), (DECOMPOSED, DECOMPOSED)]
)
async def test_a_password_is_the_same_from_every_keyboard(chosen: str, typed: str) -> None:
    async with a_chat() as chat:
        alice = await accounts.register(chat.ctx, "alice", chosen)

        assert await accounts.check_credentials(chat.ctx, "alice", typed) == alice


async def test_a_password_that_was_kept_as_it_was_typed_is_still_right() -> None:
    async with a_chat() as chat:
        kept = await chat.ctx.hasher.hash(DECOMPOSED)
        alice = await chat.ctx.storage.add_user(NewUser(chat.ctx.ids.user_id(), AccountName("alice", "alice"), kept), 0)

        assert await accounts.check_credentials(chat.ctx, "alice", DECOMPOSED) == alice


@pytest.mark.parametrize(("password", "hashes"), [(PASSWORD, 1), (COMPOSED, 1), (DECOMPOSED, 2)])
async def test_a_wrong_password_and_an_unknown_name_cost_as_many_hashes(password: str, hashes: int) -> None:
    class Counting:
        def __init__(self) -> None:
            self.hashes: list[str | None] = []

        async def hash(self, password: str) -> str:
            return password

        async def verify(self, password_hash: str | None, password: str) -> bool:
            self.hashes.append(password_hash)
            return False

        def is_weak(self, password_hash: str) -> bool:
            raise AssertionError(password_hash)

    async with a_chat() as chat:
        hasher = Counting()
        ctx = attrs.evolve(chat.ctx, hasher=hasher)
        await accounts.register(ctx, "alice", "another password")
        for name in ["alice", "bob", "no name at all"]:
            with pytest.raises(WrongCredentials):
                await accounts.check_credentials(ctx, name, password)

        assert hasher.hashes == ["another password"] * hashes + [None] * 2 * hashes


async def session(chat: Chat) -> Token:
    (alice,) = await chat.users("alice")
    return await accounts.begin_session(chat.ctx, alice.id)


async def test_a_session_is_gone_on_with_by_its_token() -> None:
    async with a_chat() as chat:
        token = await session(chat)

        assert (await accounts.resume(chat.ctx, token)).name == "alice"


async def test_what_is_kept_of_a_token_is_its_digest() -> None:
    async with a_chat() as chat:
        token = await session(chat)
        at = chat.clock.now_ms()

        assert await chat.ctx.storage.session(token, Ages(at, 0, 0)) is None
        assert await chat.ctx.storage.session(sha256(token.encode()).hexdigest(), Ages(at, 0, 0)) is not None


@pytest.mark.parametrize("token", ["", "x", "0" * 64])
async def test_an_unknown_token_has_no_session(token: str) -> None:
    async with a_chat() as chat:
        await session(chat)

        with pytest.raises(LoggedOut):
            await accounts.resume(chat.ctx, Token(token))


async def test_a_session_that_was_ended_stays_ended_and_others_go_on() -> None:
    async with a_chat() as chat:
        token = await session(chat)
        user = await accounts.resume(chat.ctx, token)
        other = await accounts.begin_session(chat.ctx, user.id)

        await accounts.log_out(chat.ctx, accounts.digest(token))
        await accounts.log_out(chat.ctx, accounts.digest(token))

        with pytest.raises(LoggedOut):
            await accounts.resume(chat.ctx, token)
        assert await accounts.resume(chat.ctx, other) == user


class Calendar(VirtualClock):
    """A clock that is moved by days."""

    day = 0.0

    def now_ms(self) -> int:
        return super().now_ms() + round(self.day * DAY_MS)

    def monotonic(self) -> float:
        return super().monotonic() + self.day * DAY_MS / 1000


async def test_a_session_ends_when_it_was_not_used_for_long() -> None:
    async with a_chat() as chat:
        token, calendar = await session(chat), Calendar()
        ctx = attrs.evolve(chat.ctx, watched_clock=WatchedClock(calendar))

        for calendar.day in (29, 58):  # each use begins the 30 days anew
            await accounts.resume(ctx, token)
        calendar.day = 88.1

        with pytest.raises(LoggedOut):
            await accounts.resume(ctx, token)


async def test_a_session_ends_some_day_however_much_it_is_used() -> None:
    async with a_chat() as chat:
        token, calendar = await session(chat), Calendar()
        ctx = attrs.evolve(chat.ctx, watched_clock=WatchedClock(calendar))

        for calendar.day in range(0, 180, 20):
            await accounts.resume(ctx, token)
        calendar.day = 180.1

        with pytest.raises(LoggedOut):
            await accounts.resume(ctx, token)


# ---- who has a name already, and another password while somebody logs in


async def test_who_had_a_name_before_it_was_reserved_logs_in_with_it_and_nobody_takes_it_anew() -> None:
    async with a_chat() as chat:
        password_hash = await chat.ctx.hasher.hash(PASSWORD)
        root = await chat.ctx.storage.add_user(NewUser(UserId("r" * 16), AccountName("root", "root"), password_hash), 0)

        assert (await accounts.log_in(chat.ctx, "Root", PASSWORD))[0] == root
        with pytest.raises(InvalidName):
            await accounts.create(chat.ctx, "r00t", None)


class ChangesMeanwhile(MemoryStorage):
    """Has another password come in between the check of the former one and the session."""

    async def add_session(
        self, digest: str, user: UserId, now_ms: int, label: str = "", *, lasts_ms: int | None = None
    ) -> None:
        await self.set_password(user, "another hash")
        await super().add_session(digest, user, now_ms, label, lasts_ms=lasts_ms)


async def test_a_log_in_with_the_former_password_ends_with_it_though_it_was_checked_before() -> None:
    async with a_chat(ChangesMeanwhile()) as chat:
        (alice,) = await chat.users("alice")

        with pytest.raises(WrongCredentials):
            await accounts.log_in(chat.ctx, "alice", PASSWORD)

        assert await chat.ctx.storage.sessions_of(alice.id, Ages(0, 0, 0)) == []


class RisenHasher(QuickHasher):
    """Makes harder hashes than before, and knows the former ones."""

    async def hash(self, password: str) -> str:
        return f"harder {await super().hash(password)}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        return password_hash is not None and await super().verify(password_hash.removeprefix("harder "), password)

    def is_weak(self, password_hash: str) -> bool:
        return not password_hash.startswith("harder ")


async def test_who_logs_in_has_their_password_hashed_anew_once_hashes_are_harder() -> None:
    async with a_chat() as chat:
        await chat.users("alice")
        ctx = attrs.evolve(chat.ctx, hasher=RisenHasher())
        former = await ctx.storage.account("alice")

        with pytest.raises(WrongCredentials):
            await accounts.log_in(ctx, "alice", "another password")
        assert await ctx.storage.account("alice") == former
        _, token = await accounts.log_in(ctx, "alice", PASSWORD)

        renewed = await ctx.storage.account("alice")
        assert renewed is not None
        assert renewed.password_hash.startswith("harder ")
        assert (await accounts.resume(ctx, token)).name == "alice"
        assert (await accounts.log_in(ctx, "alice", PASSWORD))[0].name == "alice"
        assert await ctx.storage.account("alice") == renewed


async def test_a_log_in_that_cannot_have_the_password_hashed_anew_goes_on_with_the_former_hash() -> None:
    class Full(MemoryStorage):
        async def renew_hash(self, user: UserId, former: str, password_hash: str) -> None:
            raise StorageFull

    async with a_chat(Full()) as chat:
        await chat.users("alice")

        user, _ = await accounts.log_in(attrs.evolve(chat.ctx, hasher=RisenHasher()), "alice", PASSWORD)

        assert user.name == "alice"


async def test_two_who_log_in_at_once_while_the_password_is_hashed_anew_both_get_in() -> None:
    class Meanwhile(MemoryStorage):
        async def add_session(
            self, digest: str, user: UserId, now_ms: int, label: str = "", *, lasts_ms: int | None = None
        ) -> None:
            account = await self.account_of(user)
            assert account is not None
            await self.renew_hash(user, account.password_hash, await RisenHasher().hash(PASSWORD))
            await super().add_session(digest, user, now_ms, label, lasts_ms=lasts_ms)

    async with a_chat(Meanwhile()) as chat:
        await chat.users("alice")
        ctx = attrs.evolve(chat.ctx, hasher=RisenHasher())

        _, token = await accounts.log_in(ctx, "alice", PASSWORD)

        assert (await accounts.resume(ctx, token)).name == "alice"


# ---- one's own password


async def test_who_changes_their_password_stays_and_all_their_other_sessions_end() -> None:
    async with a_chat() as chat:
        (alice, bob) = await chat.users("alice", "bob")
        own, other, bobs = [await accounts.begin_session(chat.ctx, user.id) for user in (alice, alice, bob)]

        ended = await accounts.change_password(chat.ctx, alice.id, accounts.digest(own), PASSWORD, DECOMPOSED)

        assert ended == (accounts.digest(other),)
        assert await accounts.resume(chat.ctx, own) == alice
        assert await accounts.resume(chat.ctx, bobs) == bob
        with pytest.raises(LoggedOut):
            await accounts.resume(chat.ctx, other)
        assert await accounts.check_credentials(chat.ctx, "alice", COMPOSED) == alice
        with pytest.raises(WrongCredentials):
            await accounts.check_credentials(chat.ctx, "alice", PASSWORD)


async def test_who_does_not_know_the_password_up_to_now_changes_nothing_and_has_guessed() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")
        ctx = attrs.evolve(chat.ctx, throttle=Throttle(Throttles(), chat.clock))
        own, other = [await accounts.begin_session(ctx, alice.id) for _ in range(2)]
        before = await ctx.storage.account("alice")

        for _ in range(Throttles().guesses):
            with pytest.raises(WrongCredentials):
                await accounts.change_password(
                    ctx, alice.id, accounts.digest(own), "a wrong guess", "another secret", "192.0.2.7"
                )
        with pytest.raises(SlowDown):
            await accounts.change_password(ctx, alice.id, accounts.digest(own), PASSWORD, "another one", "192.0.2.7")

        assert await ctx.storage.account("alice") == before
        assert await accounts.resume(ctx, other) == alice


async def test_a_new_password_that_everybody_tries_changes_nothing() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice.liddell")
        token = await accounts.begin_session(chat.ctx, alice.id)

        for new in ("password1", "PassWord1", "Alice.Liddell"):
            with pytest.raises(CommonPassword) as refused:
                await accounts.change_password(chat.ctx, alice.id, accounts.digest(token), PASSWORD, new)
            assert refused.value.field == "new_password"
            with pytest.raises(CommonPassword):
                await accounts.set_password(chat.ctx, alice.id, new)
        with pytest.raises(CommonPassword):
            await accounts.register(chat.ctx, "Bob.the.Builder", "bob.the.builder")

        assert await accounts.check_credentials(chat.ctx, "alice.liddell", PASSWORD) == alice


async def test_an_account_without_a_password_gets_none_from_who_has_its_session() -> None:
    async with a_chat() as chat:
        alice = await accounts.create(chat.ctx, "alice", None)
        token = await accounts.begin_session(chat.ctx, alice.id)

        with pytest.raises(NotAllowed):
            await accounts.change_password(chat.ctx, alice.id, accounts.digest(token), "", PASSWORD)

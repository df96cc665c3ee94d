"""What every storage promises about users and their sessions."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

import asyncio

import pytest

from ...domain.ids import UserId
from ...domain.sessions import Ages, SessionRecord
from ...domain.users import AccountName, NewUser, User, UserChange
from ...errors import NameTaken, NotFound
from ...ports.commits import Enrolled
from ...ports.storage import Account, Storage
from .storage_base import ALICE, BOB, CAROL, NOON, StorageBase, enrol, told_by

DAY = 24 * 3_600 * 1_000


class AccountsContract(StorageBase):
    """Users and sessions."""

    async def test_users_are_numbered_in_the_order_of_registration(self, storage: Storage) -> None:
        alice = await storage.add_user(NewUser(ALICE, AccountName("Alice", "alice"), "hash-a"), NOON)
        storage = await self.reopen(storage)
        bob = await storage.add_user(NewUser(BOB, AccountName("bob", "bob"), "hash-b"), NOON - DAY)

        assert [alice, bob] == [User(ALICE, "Alice", 1, 1), User(BOB, "bob", 2, 2)]
        assert list(await storage.users(0, 10)) == [alice, bob]

    async def test_a_taken_name_is_refused_and_uses_up_no_number(self, storage: Storage) -> None:
        await storage.add_user(NewUser(ALICE, AccountName("Alice", "alice"), "hash-a"), NOON)
        commits = told_by(storage)

        with pytest.raises(NameTaken) as refused:
            await storage.add_user(NewUser(BOB, AccountName("ALICE", "alice"), "hash-b"), NOON)
        carol = await storage.add_user(NewUser(CAROL, AccountName("carol", "carol"), "hash-c"), NOON)

        assert refused.value.field == "name"
        assert carol.number == 2
        assert await storage.user(BOB) is None
        assert await storage.account("alice") == Account(User(ALICE, "Alice", 1, 1), "hash-a")
        assert [list(commit) for commit in commits] == [[Enrolled(carol)]]

    async def test_one_name_asked_for_many_times_at_once_goes_to_one(self, storage: Storage) -> None:
        users = [UserId(f"{n:016x}") for n in range(10)]
        asked = [storage.add_user(NewUser(user, AccountName("same", "same"), "hash"), NOON) for user in users]

        answers = await asyncio.gather(*asked, return_exceptions=True)

        assert sorted(type(answer).__name__ for answer in answers) == ["NameTaken"] * 9 + ["User"]
        assert len(await storage.users(0, 20)) == 1

    async def test_users_registered_at_once_are_numbered_without_holes(self, storage: Storage) -> None:
        commits = told_by(storage)

        await asyncio.gather(*(enrol(storage, UserId(f"{n:04x}{'0' * 12}")) for n in range(20)))

        told = [enrolled.user for commit in commits for enrolled in commit if isinstance(enrolled, Enrolled)]
        assert [user.number for user in told] == list(range(1, 21))
        assert list(await storage.users(0, 50)) == told

    async def test_the_directory_is_read_in_pages(self, storage: Storage) -> None:
        await enrol(storage, *(UserId(f"{n:04x}{'0' * 12}") for n in range(7)))

        pages = [await storage.users(after, 3) for after in (0, 3, 6, 7)]

        assert [[user.number for user in page] for page in pages] == [[1, 2, 3], [4, 5, 6], [7], []]

    async def test_the_directory_goes_by_the_newest_fact_about_each_user_and_leaves_superseded_ones_out(
        self, storage: Storage
    ) -> None:
        await enrol(storage, ALICE, BOB)
        await storage.change_user(ALICE, UserChange(display_name="Alice"), NOON)
        storage = await self.reopen(storage)
        await enrol(storage, CAROL)

        pages = [await storage.users(after, 2) for after in (0, 2, 3, 4)]

        told = [[(user.id, user.number, user.fact) for user in page] for page in pages]
        bob, alice, carol = (BOB, 2, 2), (ALICE, 1, 3), (CAROL, 3, 4)
        assert told == [[bob, alice], [alice, carol], [carol], []]
        assert (await storage.overview(BOB, 5)).point.facts == 4
        assert await storage.user(ALICE) == pages[0][1]

    async def test_an_account_is_found_by_its_folded_name_and_a_user_by_id(self, storage: Storage) -> None:
        user = await storage.add_user(NewUser(ALICE, AccountName("Alice", "alice"), "hash-a"), NOON)
        storage = await self.reopen(storage)

        assert await storage.account("alice") == Account(user, "hash-a")
        assert await storage.account("Alice") is None
        assert await storage.user(ALICE) == user
        assert await storage.user(BOB) is None

    async def test_a_password_is_replaced_for_its_user_alone(self, storage: Storage) -> None:
        alice = await storage.add_user(NewUser(ALICE, AccountName("Alice", "alice"), "hash-a"), NOON)
        bob = await storage.add_user(NewUser(BOB, AccountName("bob", "bob"), "hash-b"), NOON)

        await storage.set_password(ALICE, "another hash")
        with pytest.raises(NotFound):
            await storage.set_password(CAROL, "hash")
        storage = await self.reopen(storage)

        assert await storage.account("alice") == Account(alice, "another hash")
        assert await storage.account("bob") == Account(bob, "hash-b")

    async def test_another_password_ends_the_sessions_of_its_user_but_one(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)
        for digest, user in (("a1", ALICE), ("a2", ALICE), ("a3", ALICE), ("b1", BOB)):
            await storage.add_session(digest, user, NOON)
        ages = Ages(NOON, NOON - DAY, NOON - DAY)

        assert list(await storage.set_password(ALICE, "second hash", "a2")) == ["a1", "a3"]
        assert list(await storage.set_password(BOB, "second hash", "a2")) == ["b1"]
        storage = await self.reopen(storage)
        assert await storage.session("a1", ages) is None
        assert await storage.session("a2", ages) is not None
        assert list(await storage.set_password(ALICE, "third hash")) == ["a2"]
        assert await storage.session("a2", ages) is None

    async def test_a_hash_is_renewed_only_while_it_is_the_one_that_is_kept(self, storage: Storage) -> None:
        alice = await storage.add_user(NewUser(ALICE, AccountName("Alice", "alice"), "hash-a"), NOON)
        bob = await storage.add_user(NewUser(BOB, AccountName("bob", "bob"), "hash-a"), NOON)
        await storage.add_session("a1", ALICE, NOON)

        await storage.renew_hash(ALICE, "hash-a", "harder hash")
        await storage.renew_hash(ALICE, "hash-a", "hash of another password")
        await storage.renew_hash(CAROL, "hash-a", "hash of nobody")
        storage = await self.reopen(storage)

        assert await storage.account("alice") == Account(alice, "harder hash")
        assert await storage.account("bob") == Account(bob, "hash-a")
        assert await storage.session("a1", Ages(NOON, NOON - DAY, NOON - DAY)) == alice

    # ---- sessions

    async def test_a_session_is_found_by_its_digest(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)
        await storage.add_session("digest-a", ALICE, NOON)
        await storage.add_session("digest-b", BOB, NOON)
        await storage.add_session("digest-a2", ALICE, NOON)
        storage = await self.reopen(storage)

        found = [
            await storage.session(d, Ages(NOON, NOON, NOON)) for d in ("digest-a", "digest-b", "digest-a2", "other")
        ]

        assert [user and user.id for user in found] == [ALICE, BOB, ALICE, None]

    async def test_the_sessions_of_a_user_are_listed_in_the_order_in_which_they_began(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)
        await storage.add_session("second", ALICE, NOON + 1, "a phone")
        await storage.add_session("first", ALICE, NOON)
        await storage.add_session("other", BOB, NOON)
        await storage.add_session("ended", ALICE, NOON)
        await storage.end_session("ended")
        await storage.session("first", Ages(NOON + DAY, 0, 0))
        storage = await self.reopen(storage)

        assert list(await storage.sessions_of(ALICE, Ages(NOON + DAY, 0, 0))) == [
            SessionRecord("first", "", NOON, NOON + DAY),
            SessionRecord("second", "a phone", NOON + 1, NOON + 1),
        ]
        assert list(await storage.sessions_of(CAROL, Ages(NOON + DAY, 0, 0))) == []

    async def test_a_session_ends_when_it_was_idle_too_long(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("digest", ALICE, NOON)

        in_time = await storage.session("digest", Ages(NOON + DAY, NOON, 0))
        storage = await self.reopen(storage)
        used_meanwhile = await storage.session("digest", Ages(NOON + 2 * DAY, NOON + DAY, 0))
        too_late = await storage.session("digest", Ages(NOON + 9 * DAY, NOON + 2 * DAY + 1, 0))

        assert [user is not None for user in (in_time, used_meanwhile, too_late)] == [True, True, False]

    async def test_each_use_is_noted(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("digest", ALICE, NOON)

        found = [await storage.session("digest", Ages(NOON + n, NOON + n - 1, 0)) for n in range(1, 6)]

        assert None not in found

    async def test_asking_too_late_does_not_count_as_use(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("digest", ALICE, NOON)

        answers = [await storage.session("digest", Ages(NOON + 9 * DAY, NOON + 1, 0)) for _ in range(2)]

        assert answers == [None, None]

    async def test_a_session_ends_a_while_after_it_began_however_much_it_is_used(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("digest", ALICE, NOON)
        await storage.session("digest", Ages(NOON + DAY, 0, NOON))

        assert await storage.session("digest", Ages(NOON + DAY, 0, NOON + 1)) is None

    async def test_an_ended_session_is_not_found_and_others_go_on(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("one", ALICE, NOON)
        await storage.add_session("other", ALICE, NOON)

        await storage.end_session("one")
        await storage.end_session("one")
        storage = await self.reopen(storage)

        assert await storage.session("one", Ages(NOON, 0, 0)) is None
        assert await storage.session("other", Ages(NOON, 0, 0)) is not None

    async def test_many_sessions_are_found_at_once(self, storage: Storage) -> None:
        users = [UserId(f"{n:04x}{'0' * 12}") for n in range(30)]
        await enrol(storage, *users)
        await asyncio.gather(*(storage.add_session(f"digest-{user}", user, NOON) for user in users))

        asked = [storage.session(f"digest-{user}", Ages(NOON + 1, NOON, NOON)) for user in users]
        again = [storage.session(f"digest-{user}", Ages(NOON + 2, NOON + 1, NOON)) for user in users]

        assert [user and user.id for user in await asyncio.gather(*asked)] == users
        assert [user and user.id for user in await asyncio.gather(*again)] == users

    async def test_a_session_that_is_renewed_does_not_grow_too_old(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("used", ALICE, NOON)
        await storage.add_session("other", ALICE, NOON)

        ended = await storage.renew_sessions(["used", "gone"], Ages(NOON + DAY, 0, 0))
        storage = await self.reopen(storage)

        assert list(ended) == ["gone"]
        assert await storage.session("used", Ages(NOON + DAY, NOON + DAY, 0)) is not None
        assert await storage.session("other", Ages(NOON + DAY, NOON + DAY, 0)) is None
        assert await storage.session("gone", Ages(NOON + DAY, 0, 0)) is None

    async def test_sessions_that_are_too_old_are_forgotten(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("begun long ago", ALICE, NOON)
        await storage.add_session("idle", ALICE, NOON + DAY)
        await storage.add_session("used", ALICE, NOON + DAY)
        await storage.session("used", Ages(NOON + 2 * DAY, 0, 0))
        await storage.session("begun long ago", Ages(NOON + 2 * DAY, 0, 0))

        used = ["begun long ago", "used"]
        ended = await storage.renew_sessions(used, Ages(NOON + 2 * DAY, NOON + DAY + 1, NOON + 1))

        assert list(ended) == ["begun long ago"]
        found = [await storage.session(d, Ages(NOON, 0, 0)) for d in ("begun long ago", "idle", "used")]
        assert [user is not None for user in found] == [False, False, True]

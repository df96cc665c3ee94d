"""What every storage promises about changes of users: names, display names, keys, and who is kept out or gone."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

import asyncio

import pytest

from ...domain.former_names import KEPT_MS
from ...domain.ids import UserId
from ...domain.sessions import Ages
from ...domain.users import DELETED, FOREVER_MS, AccountName, Exclusion, NewUser, User, UserChange
from ...errors import NameTaken, NotAllowed, NotFound
from ...ports.commits import Altered
from ...ports.storage import Account, Storage
from .storage_base import ALICE, ALICE_BOB, BOB, CAROL, GENERAL, NOON, StorageBase, enrol, send, told_by

DAVE = UserId("d" * 16)
ANNA = UserChange(name=AccountName("Anna", "anna"))
OUT = UserChange(disabled=True, reason="spam")
ERASED = UserChange(erased=True)


class UsersContract(StorageBase):
    """Facts about users after their registration."""

    async def test_a_change_is_the_next_fact_and_the_number_stays(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)
        commits = told_by(storage)

        changed = await storage.change_user(ALICE, ANNA, NOON)
        storage = await self.reopen(storage)

        assert changed == User(ALICE, "Anna", 1, 3)
        assert await storage.user(ALICE) == changed
        assert [list(commit) for commit in commits] == [[Altered(changed)]]
        assert (await storage.overview(BOB, 5)).point.facts == 3
        assert await storage.account("anna") == await storage.account_of(ALICE) == Account(changed, "hash")
        assert await storage.account("user-aaaa") is None

    async def test_what_is_no_change_writes_nothing_and_tells_nothing(self, storage: Storage) -> None:
        alice = await storage.add_user(
            NewUser(ALICE, AccountName("Alice", "alice"), "hash", display_name="Alice A.", key="7"), NOON
        )
        commits = told_by(storage)

        same = UserChange(name=AccountName("Alice", "alice"), display_name="Alice A.", disabled=False)
        answers = [await storage.change_user(ALICE, change, NOON) for change in (same, UserChange())]

        assert answers == [alice, alice]
        assert commits == []

    async def test_a_display_name_may_be_that_of_another_and_follows_the_name_until_it_is_set(
        self, storage: Storage
    ) -> None:
        await enrol(storage, ALICE, BOB)
        renamed = await storage.change_user(ALICE, ANNA, NOON)
        ann = await storage.change_user(ALICE, UserChange(display_name="Ann"), NOON)
        other = await storage.change_user(BOB, UserChange(display_name="Ann"), NOON)
        again = await storage.change_user(ALICE, UserChange(name=AccountName("al", "al")), NOON)
        storage = await self.reopen(storage)

        assert [user.display_name for user in (renamed, ann, other, again)] == ["Anna", "Ann", "Ann", "Ann"]
        assert ann.look == other.look != renamed.look
        assert list(await storage.users(0, 5)) == [other, again]

    async def test_a_name_that_is_taken_or_looks_like_one_changes_nothing(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        bob = await storage.add_user(NewUser(BOB, AccountName("bob", "bob"), "hash"), NOON)
        taken = [AccountName("USER-aaaa", "user-aaaa"), AccountName("user-аааа", "user-аааа")]  # Cyrillic

        for name in taken:
            with pytest.raises(NameTaken) as refused:
                await storage.change_user(BOB, UserChange(name=name), NOON)
            assert refused.value.field == "name"
            with pytest.raises(NameTaken):
                await storage.add_user(NewUser(CAROL, name, "hash"), NOON)

        assert list(await storage.users(1, 5)) == [bob]
        own = await storage.change_user(BOB, UserChange(name=AccountName("BOB", "bob")), NOON)
        assert own == User(BOB, "BOB", 2, 3)

    async def test_who_names_themselves_takes_nothing_that_looks_like_the_account_of_another(
        self, storage: Storage
    ) -> None:
        await storage.add_user(NewUser(ALICE, AccountName("alice", "alice"), "hash"), NOON)
        await storage.add_user(NewUser(BOB, AccountName("bob", "bob"), "hash"), NOON)

        with pytest.raises(NameTaken) as refused:
            await storage.change_user(BOB, UserChange(display_name="aIice", is_own=True), NOON)
        own = await storage.change_user(BOB, UserChange(display_name="BOB", is_own=True), NOON)
        by_host = await storage.change_user(BOB, UserChange(display_name="aIice"), NOON)

        assert refused.value.field == "display_name"
        assert (own.display_name, by_host.display_name) == ("BOB", "aIice")

    async def test_a_name_given_up_is_free_for_others_only_after_a_while(self, storage: Storage) -> None:
        await storage.add_user(NewUser(ALICE, AccountName("alice", "alice"), "hash"), NOON)
        await storage.change_user(ALICE, ANNA, NOON)
        storage = await self.reopen(storage)

        for name in ("alice", "aIice"):
            with pytest.raises(NameTaken):
                await storage.add_user(
                    NewUser(BOB, AccountName(name, name.lower()), "hash", is_own=True), NOON + KEPT_MS - 1
                )
        by_host = await storage.add_user(NewUser(CAROL, AccountName("aIice", "aiice"), "hash"), NOON + KEPT_MS - 1)
        await storage.change_user(CAROL, UserChange(name=AccountName("carol", "carol")), NOON - 1)
        later = await storage.add_user(NewUser(BOB, AccountName("alice", "alice"), "hash", is_own=True), NOON + KEPT_MS)

        assert (by_host.name, later.name) == ("aIice", "alice")

    async def test_nobody_wears_a_name_that_another_gave_up_before_it_is_free_again(self, storage: Storage) -> None:
        await storage.add_user(NewUser(ALICE, AccountName("alice", "alice"), "hash"), NOON)
        await enrol(storage, BOB)
        await storage.change_user(ALICE, ANNA, NOON)
        storage = await self.reopen(storage)
        worn = UserChange(display_name="AIice", is_own=True)

        with pytest.raises(NameTaken) as refused:
            await storage.change_user(BOB, worn, NOON + KEPT_MS - 1)
        assert refused.value.field == "display_name"
        assert (await storage.user(BOB) or User(BOB, "", 0, 0)).display_name != "AIice"
        # Who has the name of their account back is shown by it.
        back = UserChange(name=AccountName("alice", "alice"), display_name="Ann")
        await storage.change_user(ALICE, back, NOON + 1)
        shown = await storage.change_user(ALICE, UserChange(display_name="", is_own=True), NOON + 2)
        assert shown.display_name == "alice"
        await storage.change_user(ALICE, ANNA, NOON + 3)
        assert (await storage.change_user(BOB, worn, NOON + KEPT_MS + 3)).display_name == "AIice"

    async def test_an_account_is_found_by_its_key_which_nobody_else_has(self, storage: Storage) -> None:
        alice = await storage.add_user(
            NewUser(ALICE, AccountName("alice", "alice"), "", display_name="Ann", key="42"), NOON
        )
        asked = [
            storage.add_user(NewUser(u, AccountName(f"name-{u[0]}", f"name-{u[0]}"), "", key="43"), NOON)
            for u in (BOB, CAROL)
        ]

        answers = await asyncio.gather(*asked, return_exceptions=True)
        storage = await self.reopen(storage)

        assert await storage.account_with_key("42") == Account(alice, "", "42")
        assert sorted(type(answer).__name__ for answer in answers) == ["NameTaken", "User"]
        assert [a.field for a in answers if isinstance(a, NameTaken)] == ["key"]
        assert await storage.account_with_key("44") is None

    async def test_of_one_key_and_one_name_at_once_the_key_is_told_as_taken(self, storage: Storage) -> None:
        asked = [
            storage.add_user(NewUser(user, AccountName("ann", "ann"), "", key="42"), NOON) for user in (ALICE, BOB)
        ]

        answers = await asyncio.gather(*asked, return_exceptions=True)

        assert [answer.field for answer in answers if isinstance(answer, NameTaken)] == ["key"]

    async def test_an_empty_display_name_is_that_of_the_account_as_it_is_then(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.change_user(ALICE, UserChange(display_name="Ann"), NOON)

        back = await storage.change_user(ALICE, UserChange(name=ANNA.name, display_name=""), NOON)

        assert (back.name, back.display_name) == ("Anna", "Anna")

    async def test_who_is_disabled_has_no_sessions_and_begins_none_until_they_are_enabled(
        self, storage: Storage
    ) -> None:
        await enrol(storage, ALICE, BOB)
        for digest, user in (("one", ALICE), ("two", ALICE), ("other", BOB)):
            await storage.add_session(digest, user, NOON)
        commits = told_by(storage)

        out = await storage.change_user(ALICE, OUT, NOON)
        with pytest.raises(NotAllowed):
            await storage.add_session("three", ALICE, NOON)
        storage = await self.reopen(storage)

        assert out.disabled
        assert [list(commit) for commit in commits] == [[Altered(out, ("one", "two"))]]
        assert [await storage.session(d, Ages(NOON, 0, 0)) is None for d in ("one", "two", "other", "three")] == [
            True,
            True,
            False,
            True,
        ]
        assert (await storage.account_of(ALICE) or Account(out, "")).exclusion == Exclusion("spam")

        back = await storage.change_user(ALICE, UserChange(disabled=False), NOON)
        await storage.add_session("three", ALICE, NOON)

        assert not back.disabled
        assert await storage.session("three", Ages(NOON, 0, 0)) == back
        assert (await storage.account_of(ALICE) or Account(out, "")).exclusion == Exclusion()

    async def test_who_is_disabled_already_is_so_for_the_new_reason_which_is_no_fact(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        out = await storage.change_user(ALICE, OUT, NOON)
        commits = told_by(storage)
        ban = UserChange(disabled=True, reason="more spam", banned_until_ms=NOON + 60_000)

        assert await storage.change_user(ALICE, ban, NOON) == out
        storage = await self.reopen(storage)
        assert await storage.account_of(ALICE) == Account(out, "hash", exclusion=Exclusion("more spam", NOON + 60_000))
        assert commits == []
        renamed = await storage.change_user(ALICE, ANNA, NOON)
        assert (await storage.account_of(ALICE) or Account(out, "")).exclusion == Exclusion("more spam", NOON + 60_000)
        assert await storage.change_user(ALICE, OUT, NOON) == renamed
        assert (await storage.account_of(ALICE) or Account(out, "")).exclusion == Exclusion("spam")

    async def test_whose_ban_is_over_is_found_and_let_in_unless_there_is_another_by_then(
        self, storage: Storage
    ) -> None:
        await enrol(storage, ALICE, BOB, CAROL, DAVE)
        for user, until_ms in ((ALICE, NOON + 2), (BOB, NOON + 1), (CAROL, FOREVER_MS), (DAVE, None)):
            ban = UserChange(disabled=True, reason="spam", banned_until_ms=until_ms)
            await storage.change_user(user, ban, NOON)
        storage = await self.reopen(storage)

        assert [list(await storage.bans_over(NOON + ms, 5)) for ms in range(3)] == [[], [BOB], [BOB, ALICE]]
        assert list(await storage.bans_over(NOON + 2, 1)) == [BOB]
        for user in (ALICE, BOB, CAROL, DAVE):
            await storage.change_user(user, UserChange(disabled=False, over_at_ms=NOON + 1), NOON)
        users = [await storage.user(user) for user in (ALICE, BOB, CAROL, DAVE)]
        assert [user is not None and user.disabled for user in users] == [True, False, True, True]
        assert list(await storage.bans_over(NOON + 2, 5)) == [ALICE]
        await storage.change_user(ALICE, ERASED, NOON)
        assert list(await storage.bans_over(NOON + 2, 5)) == []

    async def test_nobody_has_a_session_who_is_not_registered(self, storage: Storage) -> None:
        with pytest.raises(NotFound):
            await storage.add_session("digest", ALICE, NOON)

    async def test_who_is_erased_leaves_what_they_wrote_and_nothing_else(self, storage: Storage) -> None:
        await storage.add_user(
            NewUser(ALICE, AccountName("alice", "alice"), "hash", display_name="Ann", key="42"), NOON
        )
        await enrol(storage, BOB)
        await send(storage, ALICE, ALICE_BOB, "hello")
        await storage.add_session("one", ALICE, NOON)
        commits = told_by(storage)

        gone = await storage.change_user(ALICE, ERASED, NOON)
        again = await storage.change_user(ALICE, ERASED, NOON)
        storage = await self.reopen(storage)

        assert gone == again == await storage.user(ALICE)
        assert gone == User(ALICE, "", 1, 3, DELETED, disabled=True, erased=True)
        assert [list(commit) for commit in commits] == [[Altered(gone, ("one",))]]
        assert await storage.account_of(ALICE) == Account(gone, "")
        assert (await storage.account("alice"), await storage.account_with_key("42")) == (None, None)
        assert (await storage.page(BOB, ALICE_BOB, after=None, before=None, limit=5)).messages[0].sender == ALICE
        with pytest.raises(NameTaken):
            await storage.add_user(NewUser(CAROL, AccountName("alice", "alice"), "hash", is_own=True), NOON)

    async def test_why_somebody_was_disabled_goes_with_them(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.change_user(ALICE, OUT, NOON)

        gone = await storage.change_user(ALICE, ERASED, NOON)
        storage = await self.reopen(storage)

        assert await storage.account_of(ALICE) == Account(gone, "")

    async def test_who_is_erased_stays_so_and_who_is_not_there_is_not_changed(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)
        await storage.change_user(ALICE, ERASED, NOON)
        await storage.change_user(BOB, ERASED, NOON)

        for user, change in ((ALICE, ANNA), (ALICE, UserChange(disabled=False)), (CAROL, ANNA), (CAROL, ERASED)):
            with pytest.raises(NotFound):
                await storage.change_user(user, change, NOON)
        with pytest.raises(NotFound):
            await storage.set_password(ALICE, "hash")
        with pytest.raises(NotFound):
            await storage.add_session("digest", ALICE, NOON)

    async def test_a_directory_is_complete_after_many_renames_and_an_erasure(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB, CAROL)
        for turn in range(100):
            user = (ALICE, BOB)[turn % 2]
            await storage.change_user(user, UserChange(name=AccountName(f"n{turn}", f"n{turn}")), NOON)
        await storage.change_user(BOB, ERASED, NOON)

        pages = [await storage.users(after, 2) for after in (0, 102, 103, 104)]

        assert [[(user.id, user.fact) for user in page] for page in pages] == [
            [(CAROL, 3), (ALICE, 102)],
            [(BOB, 104)],
            [(BOB, 104)],
            [],
        ]

    async def test_a_user_stands_before_their_messages_and_where_they_were_changed_last(self, storage: Storage) -> None:
        await storage.begin("g1")
        await enrol(storage, ALICE, BOB)
        await send(storage, ALICE, GENERAL, "one")
        await storage.change_user(ALICE, ANNA, NOON)
        await send(storage, BOB, GENERAL, "two")
        await storage.change_user(ALICE, UserChange(display_name="Ann"), NOON)
        storage = await self.reopen(storage)

        happened = (await storage.happenings(None, 10)).happened

        named = [h.message.text if h.message else h.user.display_name if h.user else "" for h in happened]
        assert named == ["user-bbbb", "Ann", "one", "two", "Ann"]
        assert [(h.number, h.fact) for h in happened] == [(0, 2), (0, 4), (1, 0), (2, 0), (2, 4)]

"""What every storage promises about how long sessions live, where they were used from, and how many end at once."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

import asyncio

import pytest

from ...domain.ids import UserId
from ...domain.sessions import Ages, SessionRecord
from ...domain.users import UserChange
from ...errors import LoggedOut
from ...ports.storage import Storage
from .storage_base import ALICE, BOB, NOON, StorageBase, enrol

MINUTE = 60_000
HOUR = 60 * MINUTE


async def is_found(storage: Storage, digest: str, now_ms: int, idle_since_ms: int = 0) -> bool:
    """Return whether a session lives, which then is used."""
    return await storage.session(digest, Ages(now_ms, idle_since_ms, 0)) is not None


async def enter(
    storage: Storage, digest: str, user: UserId, now_ms: int, *, host: str | None = None, address: str = ""
) -> None:
    """Enter as an application's user does."""
    await storage.enter_session(digest, user, Ages(now_ms, 0, 0), lasts_ms=HOUR, host=host, address=address)


class SessionsContract(StorageBase):
    """Sessions with lives of their own, those of an application, and their ends."""

    async def test_a_session_with_a_life_of_its_own_ends_when_it_was_unused_for_so_long(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("short", ALICE, NOON, lasts_ms=HOUR)
        await storage.add_session("other", ALICE, NOON)
        storage = await self.reopen(storage)

        at_its_end = await is_found(storage, "short", NOON + HOUR)
        used_meanwhile = await is_found(storage, "short", NOON + 2 * HOUR, NOON + 2 * HOUR)
        listed = [record.id for record in await storage.sessions_of(ALICE, Ages(NOON + 3 * HOUR + 1, 0, 0))]
        too_late = await is_found(storage, "short", NOON + 3 * HOUR + 1)

        assert (at_its_end, used_meanwhile, too_late) == (True, True, False)
        assert listed == ["other"]
        assert await is_found(storage, "other", NOON + 9 * HOUR)

    async def test_sessions_with_a_life_of_their_own_are_forgotten_after_it(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("short", ALICE, NOON, lasts_ms=HOUR)
        await storage.add_session("long", ALICE, NOON, lasts_ms=9 * HOUR)
        await storage.add_session("used", ALICE, NOON, lasts_ms=HOUR)

        ended = await storage.renew_sessions(["used"], Ages(NOON + 2 * HOUR, NOON + HOUR, 0))

        assert list(ended) == []
        found = [await is_found(storage, digest, NOON) for digest in ("short", "long", "used")]
        assert found == [False, True, True]

    async def test_a_session_that_is_too_old_is_listed_nowhere(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("begun long ago", ALICE, NOON)
        await storage.add_session("idle", ALICE, NOON + MINUTE)
        await storage.add_session("used", ALICE, NOON + MINUTE)
        for digest in ("begun long ago", "used"):
            await storage.session(digest, Ages(NOON + HOUR, 0, 0))

        listed = await storage.sessions_of(ALICE, Ages(NOON + HOUR, NOON + 2 * MINUTE, NOON + 1))

        assert [record.id for record in listed] == ["used"]

    async def test_those_of_many_sessions_that_have_ended_are_given_however_they_ended(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)
        for digest, user in (("stays", ALICE), ("ended", ALICE), ("of bob", BOB), ("idle", ALICE)):
            await storage.add_session(digest, user, NOON)
        before = await storage.ended_sessions(["of bob", "stays", "never", "idle", "ended"])
        await storage.end_session("ended")
        await storage.change_user(BOB, UserChange(disabled=True), NOON)
        await storage.renew_sessions(["stays"], Ages(NOON + HOUR, NOON + MINUTE, 0))

        after = await storage.ended_sessions(["of bob", "stays", "never", "idle", "ended"])

        assert list(before) == ["never"]
        assert list(after) == ["of bob", "never", "idle", "ended"]
        assert list(await storage.ended_sessions([])) == []

    async def test_sessions_in_use_are_noted_in_time_where_their_life_is_short(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        for digest, lasts_ms in (("short", HOUR), ("fresh", HOUR), ("unused", HOUR), ("usual", None)):
            await storage.add_session(digest, ALICE, NOON, lasts_ms=lasts_ms)
        await storage.session("fresh", Ages(NOON + MINUTE, 0, 0))

        await storage.use_sessions(["short", "fresh", "usual", "nobody's"], NOON + 3 * MINUTE)
        storage = await self.reopen(storage)

        records = await storage.sessions_of(ALICE, Ages(NOON + 3 * MINUTE, 0, 0))
        assert {record.id: (record.used_at_ms - NOON) // MINUTE for record in records} == {
            "short": 3,
            "fresh": 1,
            "unused": 0,
            "usual": 0,
        }

    async def test_a_session_tells_where_its_newest_connection_came_from(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("digest", ALICE, NOON)
        before = await storage.sessions_of(ALICE, Ages(NOON, 0, 0))

        await storage.session("digest", Ages(NOON + 1, 0, 0), "192.0.2.7")
        await storage.session("digest", Ages(NOON + 2, 0, 0), "2001:db8::7")
        await storage.session("digest", Ages(NOON + 3, 0, 0))
        await storage.renew_sessions(["digest"], Ages(NOON + 4, 0, 0))
        storage = await self.reopen(storage)

        after = await storage.sessions_of(ALICE, Ages(NOON + 4, 0, 0))
        assert list(before) == [SessionRecord("digest", "", NOON, NOON)]
        assert list(after) == [SessionRecord("digest", "", NOON, NOON + 4, "2001:db8::7")]

    # ---- one from another

    async def test_a_session_like_another_is_the_same_users_and_lives_no_longer_than_that_one_could(
        self, storage: Storage
    ) -> None:
        await enrol(storage, ALICE, BOB)
        await storage.add_session("usual", ALICE, NOON)
        await storage.add_session("short", BOB, NOON, lasts_ms=HOUR)
        for digest, other in (("a2", "usual"), ("b2", "short")):
            await storage.add_session_like(digest, other, Ages(NOON + MINUTE, 0, 0), "a window")
        storage = await self.reopen(storage)

        listed = list(await storage.sessions_of(ALICE, Ages(NOON + MINUTE, 0, 0)))
        whose = [await storage.session(digest, Ages(NOON + MINUTE, 0, 0)) for digest in ("a2", "b2")]
        unused = await is_found(storage, "b2", NOON + HOUR + MINUTE + 1)
        too_old = await storage.session("a2", Ages(NOON + HOUR, 0, NOON + 1))

        assert SessionRecord("a2", "a window", NOON, NOON + MINUTE) in listed
        assert [user.id for user in whose if user] == [ALICE, BOB]
        assert (unused, too_old) == (False, None)

    async def test_a_session_like_another_outlives_it_but_not_the_application_s_one(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("first", ALICE, NOON)
        await enter(storage, "hosted", ALICE, NOON, host="host")
        for digest, other in (("second", "first"), ("hosted too", "hosted")):
            await storage.add_session_like(digest, other, Ages(NOON, 0, 0), "")

        await storage.end_session("first")
        ended = await storage.end_sessions_of_host("host")

        assert await is_found(storage, "second", NOON)
        assert sorted(ended) == ["hosted", "hosted too"]

    async def test_no_session_begins_like_one_that_does_not_live(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        for digest in ("old", "idle", "ended"):
            await storage.add_session(digest, ALICE, NOON)
        await storage.session("old", Ages(NOON + HOUR, 0, 0))
        await storage.end_session("ended")
        too_old, idle = Ages(NOON + HOUR, 0, NOON + 1), Ages(NOON + HOUR, NOON + 1, 0)

        for number, (other, ages) in enumerate((("old", too_old), ("idle", idle), ("ended", Ages(NOON, 0, 0)))):
            with pytest.raises(LoggedOut):
                await storage.add_session_like(f"new {number}", other, ages, "")

        listed = [record.id for record in await storage.sessions_of(ALICE, Ages(NOON, 0, 0))]
        assert sorted(listed) == ["idle", "old"]

    async def test_no_session_is_left_that_began_from_another_while_all_were_ended(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("first", ALICE, NOON)
        ages = Ages(NOON, 0, 0)
        beginning = [storage.add_session_like(f"like {number}", "first", ages, "") for number in range(20)]

        begun = asyncio.gather(*beginning, return_exceptions=True)
        await asyncio.sleep(0)
        await storage.end_sessions_of(ALICE)

        assert {type(each) for each in await begun} <= {type(None), LoggedOut}
        assert list(await storage.sessions_of(ALICE, ages)) == []

    # ---- many at once

    async def test_all_sessions_of_a_user_end_at_once(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)
        for digest, user in (("a", ALICE), ("b", BOB), ("a2", ALICE)):
            await storage.add_session(digest, user, NOON)

        ended = await storage.end_sessions_of(ALICE)
        again = await storage.end_sessions_of(ALICE)
        storage = await self.reopen(storage)

        assert (sorted(ended), list(again)) == (["a", "a2"], [])
        assert [await is_found(storage, digest, NOON) for digest in ("a", "b", "a2")] == [False, True, False]

    async def test_of_sessions_that_begin_while_all_end_none_is_there_and_not_told(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        digests = [f"digest-{number}" for number in range(20)]

        adding = [storage.add_session(digest, ALICE, NOON) for digest in digests]
        done = await asyncio.gather(*adding[:10], storage.end_sessions_of(ALICE), *adding[10:])

        ended = next(answer for answer in done if answer is not None)
        left = [record.id for record in await storage.sessions_of(ALICE, Ages(NOON, 0, 0))]
        assert sorted([*ended, *left]) == sorted(digests)

    # ---- of an application

    async def test_who_enters_begins_a_session_once_and_goes_on_with_it(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await enter(storage, "digest", ALICE, NOON, address="192.0.2.7")
        await enter(storage, "digest", ALICE, NOON + HOUR, address="192.0.2.8")
        await enter(storage, "digest", ALICE, NOON + HOUR - 1)
        storage = await self.reopen(storage)

        records = await storage.sessions_of(ALICE, Ages(NOON + HOUR, 0, 0))

        assert list(records) == [SessionRecord("digest", "", NOON, NOON + HOUR, "192.0.2.8")]
        assert await is_found(storage, "digest", NOON + 2 * HOUR)
        assert not await is_found(storage, "digest", NOON + 3 * HOUR + 1)

    async def test_who_enters_after_their_session_grew_too_old_begins_anew(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await enter(storage, "unused", ALICE, NOON)
        await enter(storage, "old", ALICE, NOON)
        await storage.session("old", Ages(NOON + HOUR, 0, 0))

        at = NOON + 2 * HOUR
        await enter(storage, "unused", ALICE, at)
        await storage.enter_session("old", ALICE, Ages(at, 0, NOON + 1), lasts_ms=HOUR, host=None, address="")

        records = await storage.sessions_of(ALICE, Ages(at, 0, 0))
        assert [(record.id, record.begun_at_ms) for record in records] == [("old", at), ("unused", at)]

    async def test_the_sessions_that_belong_to_one_of_the_application_end_with_it(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)
        await enter(storage, "browser", ALICE, NOON, host="cookie")
        await enter(storage, "as another", BOB, NOON, host="cookie")
        await enter(storage, "other browser", ALICE, NOON, host="other cookie")
        await enter(storage, "none", ALICE, NOON)
        await storage.add_session("phone", ALICE, NOON)

        ended = await storage.end_sessions_of_host("cookie")
        nobodys = await storage.end_sessions_of_host("nobody's")
        storage = await self.reopen(storage)

        assert (sorted(ended), list(nobodys)) == (["as another", "browser"], [])
        left = [record.id for record in await storage.sessions_of(ALICE, Ages(NOON, 0, 0))]
        assert left == ["none", "other browser", "phone"]

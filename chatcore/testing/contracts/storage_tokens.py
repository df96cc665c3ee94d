"""What every storage promises about the tokens of a session: which of them leads to it, and which ends it."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

import asyncio

from ...domain.sessions import Ages, Led
from ...domain.users import UserChange
from ...ports.storage import Storage
from .storage_base import ALICE, BOB, NOON, StorageBase, enrol

DAY = 24 * 3_600_000
DISABLED = UserChange(disabled=True, reason="")


class TokensContract(StorageBase):
    """Tokens that take the place of others."""

    async def test_the_first_token_of_a_session_has_its_digest_and_others_that_nobody_knows_lead_nowhere(
        self, storage: Storage
    ) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("first", ALICE, NOON)

        assert [await storage.led(token) for token in ("first", "unknown")] == [Led("first"), Led("unknown")]
        assert await storage.session("unknown", Ages(NOON, 0, 0)) is None

    async def test_a_token_leads_in_until_the_next_one_is_used_and_from_then_on_it_is_reuse(
        self, storage: Storage
    ) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("first", ALICE, NOON)
        made = await storage.renew_token("first", "second", NOON + DAY, NOON)
        storage = await self.reopen(storage)

        before = [await storage.led("first") for _ in range(2)]
        used = [await storage.led("second") for _ in range(2)]
        storage = await self.reopen(storage)
        after = await storage.led("first")
        still = await storage.led("second")

        assert made
        assert before == used == [Led("first")] * 2
        assert (after, still) == (Led("first", is_reuse=True), Led("first"))

    async def test_of_many_tokens_only_the_newest_that_was_used_and_later_ones_lead_in(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("first", ALICE, NOON)
        for number in range(1, 5):
            assert await storage.renew_token("first", f"token {number}", NOON + number * DAY, NOON + (number - 1) * DAY)
            if number != 2:  # who got that one was killed before they kept it
                assert await storage.led(f"token {number}") == Led("first")

        reused = [(await storage.led(token)).is_reuse for token in ("first", *(f"token {n}" for n in range(1, 5)))]

        assert reused == [True, True, True, True, False]

    async def test_two_tokens_that_were_made_before_either_was_used_both_lead_in(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("first", ALICE, NOON)
        for number in (1, 2):
            assert await storage.renew_token("first", f"token {number}", NOON + number * DAY, NOON + (number - 1) * DAY)

        found = [await storage.led(token) for token in ("token 1", "token 2", "token 1")]

        assert found == [Led("first")] * 3
        assert (await storage.led("first")).is_reuse

    async def test_another_token_is_made_when_the_newest_one_is_old_whether_it_was_used_or_not(
        self, storage: Storage
    ) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("first", ALICE, NOON)

        too_young = await storage.renew_token("first", "a", NOON + 9, NOON - 1)
        made = await storage.renew_token("first", "b", NOON + 10, NOON)
        made_just_now = await storage.renew_token("first", "c", NOON + 11, NOON + 9)
        later = await storage.renew_token("first", "d", NOON + 20, NOON + 10)
        nowhere = await storage.renew_token("other", "e", NOON + 30, NOON + 30)

        assert [too_young, made, made_just_now, later, nowhere] == [False, True, False, True, False]
        assert [await storage.led(token) for token in "ace"] == [Led("a"), Led("c"), Led("e")]

    async def test_of_many_that_ask_for_a_token_at_once_one_gets_it(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("first", ALICE, NOON)
        asked = [storage.renew_token("first", f"token {number}", NOON + DAY, NOON) for number in range(20)]

        assert sorted(await asyncio.gather(*asked)) == [False] * 19 + [True]

    async def test_a_session_that_began_from_another_has_a_token_as_young_as_itself(self, storage: Storage) -> None:
        await enrol(storage, ALICE)
        await storage.add_session("first", ALICE, NOON)
        await storage.renew_token("first", "second", NOON + DAY, NOON)
        await storage.led("second")
        await storage.add_session_like("like", "first", Ages(NOON + 2 * DAY, 0, 0), "")

        assert await storage.led("like") == Led("like")
        assert not await storage.renew_token("like", "a", NOON + 3 * DAY, NOON + 2 * DAY - 1)
        assert await storage.renew_token("like", "b", NOON + 3 * DAY, NOON + 2 * DAY)

    async def test_the_tokens_of_a_session_go_with_it_however_it_ends(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)
        await storage.set_password(ALICE, "x")
        digests = ("ended", "of user", "of password", "of disabled", "too old")
        for digest, user in zip(digests, (BOB, ALICE, ALICE, BOB, BOB), strict=True):
            await storage.add_session(digest, user, NOON if digest == "too old" else NOON + DAY)
            await storage.renew_token(digest, f"next of {digest}", NOON + DAY, NOON + DAY)
            await storage.led(f"next of {digest}")
            if digest == "of user":
                await storage.end_sessions_of(ALICE)
        await storage.end_session("ended")
        await storage.set_password(ALICE, "y")
        await storage.renew_sessions((), Ages(NOON + 2 * DAY, NOON + 1, NOON + 1))
        await storage.change_user(BOB, DISABLED, NOON)
        storage = await self.reopen(storage)

        assert [await storage.led(f"next of {digest}") for digest in digests] == [
            Led(f"next of {digest}") for digest in digests
        ]

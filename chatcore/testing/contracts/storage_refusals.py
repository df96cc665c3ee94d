"""What every storage promises about posts that an application has refused, or put another text into."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

from ...domain.ids import ClientId
from ...domain.messages import NewMessage
from ...domain.refusals import KEPT_MS, MAX_KEPT, NewRefusal
from ...errors import Busy, ChatError, Conflict
from ...errors import Refused as RefusedByApplication
from ...ports.commits import Refused, Repeated, Stored
from ...ports.storage import Storage
from .storage_base import (
    ALICE,
    ALICE_BOB,
    BOB,
    NOON,
    StorageBase,
    append_one,
    log_of,
    message_of,
    post,
    refusal,
    told_by,
)

NO = RefusedByApplication("not here", field="hook")


def no(client_id: str, error: ChatError = NO) -> NewRefusal:
    """Ask for a refusal of a post of Alice's."""
    return NewRefusal(post(ALICE, ALICE_BOB, client_id), error)


def changed(text: str, asked: str) -> NewMessage:
    """Ask for a message of Alice's in the place of another."""
    return NewMessage(ALICE, ALICE_BOB, ClientId("1"), text, asked=asked)


class RefusalsContract(StorageBase):
    """Refusals and changed texts."""

    async def test_p34_copies_of_a_refused_post_are_refused_as_it_was(self, storage: Storage) -> None:
        commits = told_by(storage)
        outcomes = await storage.append([no("1"), post(ALICE, ALICE_BOB, "1"), post(ALICE, ALICE_BOB, "2")], NOON)
        later = await append_one(storage, post(ALICE, ALICE_BOB, "1"), NOON + KEPT_MS)
        storage = await self.reopen(storage)
        after_reopening = await append_one(storage, no("1", RefusedByApplication("another reason")), NOON + KEPT_MS)

        for outcome in (outcomes[0], outcomes[1], later, after_reopening):
            assert isinstance(outcome, Refused)
            error = outcome.error
            assert (type(error), error.message, error.field) == (RefusedByApplication, "not here", "hook")
        assert isinstance(outcomes[2], Stored)
        assert list(commits[0]) == list(outcomes)
        assert [m.client_id for m in await log_of(storage)] == ["2"]

    async def test_after_a_day_a_refusal_is_forgotten(self, storage: Storage) -> None:
        await append_one(storage, no("1"))

        assert await storage.is_settled(ALICE, ClientId("1"), NOON + KEPT_MS)
        assert not await storage.is_settled(ALICE, ClientId("1"), NOON + KEPT_MS + 1)
        assert isinstance(await append_one(storage, post(ALICE, ALICE_BOB, "1"), NOON + KEPT_MS + 1), Stored)

    async def test_of_each_sender_the_newest_refusals_are_kept(self, storage: Storage) -> None:
        await append_one(storage, NewRefusal(post(BOB, ALICE_BOB, "0"), NO))
        await storage.append([no(f"{i}") for i in range(MAX_KEPT + 2)], NOON)

        kept = [await storage.is_settled(ALICE, ClientId(f"{i}"), NOON) for i in (0, 1, 2, MAX_KEPT + 1)]
        assert kept == [False, False, True, True]
        assert await storage.is_settled(BOB, ClientId("0"), NOON)

    async def test_what_is_stored_is_refused_no_more(self, storage: Storage) -> None:
        stored = message_of(await append_one(storage, post(ALICE, ALICE_BOB, "1")))

        outcome = await append_one(storage, no("1"))
        other = NewRefusal(post(ALICE, ALICE_BOB, "1", "another text"), NO)

        assert isinstance(outcome, Repeated)
        assert outcome.message == stored
        assert refusal(await append_one(storage, other)) is Conflict

    async def test_a_refusal_for_now_is_not_kept(self, storage: Storage) -> None:
        assert refusal(await append_one(storage, no("1", Busy()))) is Busy

        assert not await storage.is_settled(ALICE, ClientId("1"), NOON)
        assert isinstance(await append_one(storage, post(ALICE, ALICE_BOB, "1")), Stored)
        assert await storage.is_settled(ALICE, ClientId("1"), NOON)
        assert not await storage.is_settled(BOB, ClientId("1"), NOON)

    async def test_p1_a_repeat_is_compared_with_what_was_asked_for(self, storage: Storage) -> None:
        first, in_the_batch = await storage.append([changed("h**l", "hell"), changed("h__l", "hell")], NOON)
        storage = await self.reopen(storage)
        plain = await append_one(storage, post(ALICE, ALICE_BOB, "1", "hell"))

        assert isinstance(first, Stored)
        assert isinstance(in_the_batch, Repeated)
        assert isinstance(plain, Repeated)
        assert first.message.text == "h**l"
        assert first.message == in_the_batch.message == plain.message
        for other in (post(ALICE, ALICE_BOB, "1", "h**l"), changed("h**l", "heaven")):
            assert refusal(await append_one(storage, other)) is Conflict

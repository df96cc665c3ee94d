"""What every storage promises to those who join: what was there before is history, neither unread nor to be marked."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

from ...ports.storage import Storage
from .storage_base import (
    ALICE,
    BOB,
    GENERAL,
    StorageBase,
    enrol,
    entry,
    read,
    send,
)


class JoiningContract(StorageBase):
    """The general chat of those who join it."""

    async def test_what_was_written_before_joining_is_history_not_unread(self, storage: Storage) -> None:
        await send(storage, ALICE, GENERAL, "one", "two")
        await enrol(storage, BOB)

        at_first = await storage.tally(BOB, GENERAL)
        await send(storage, ALICE, GENERAL, "three")
        later = await storage.tally(BOB, GENERAL)

        assert (at_first.unread, at_first.read, at_first.version) == (0, 2, 0)
        assert (later.unread, later.read, later.version) == (1, 2, 0)

    async def test_history_cannot_be_marked_and_is_not_read_by_who_joined(self, storage: Storage) -> None:
        await send(storage, ALICE, GENERAL, "one", "two")
        await enrol(storage, BOB)
        await send(storage, ALICE, GENERAL, "three")

        outcome = await read(storage, BOB, GENERAL, 1, 3)

        assert outcome.event is not None
        assert (outcome.event.seqs, outcome.event.receipts) == ((3,), {ALICE: {3: 1}})
        page = await storage.page(ALICE, GENERAL, after=0, before=None, limit=5)
        assert page.receipts == ((3, 1),)

    async def test_who_joins_an_empty_chat_has_no_history(self, storage: Storage) -> None:
        await enrol(storage, BOB)
        await send(storage, ALICE, GENERAL, "one")

        tally = await storage.tally(BOB, GENERAL)

        assert (tally.unread, tally.read, tally.version) == (1, 0, 0)

    async def test_joining_is_kept_over_reopening(self, storage: Storage) -> None:
        await send(storage, ALICE, GENERAL, "one", "two")
        await enrol(storage, BOB)
        storage = await self.reopen(storage)
        await send(storage, ALICE, GENERAL, "three", "four")

        outcome = await read(storage, BOB, GENERAL, 4)

        page = await storage.page(BOB, GENERAL, after=0, before=None, limit=5)
        assert page.read == ((1, 2), (4, 4))
        assert (outcome.tally.unread, outcome.tally.read) == (1, 3)

    # ---- logs in which not every entry counts

    async def test_joining_counts_what_counts(self, storage: Storage) -> None:
        await self.seed(storage, [entry(GENERAL, *n) for n in [(1, ALICE, 1, 1), (2, ALICE, 2, 2), (3, ALICE, 1, 1)]])
        storage = await self.reopen(storage)
        await enrol(storage, BOB)

        await send(storage, ALICE, GENERAL, "four")

        tally = await storage.tally(BOB, GENERAL)
        assert (tally.seq, tally.live, tally.read, tally.unread) == (4, 2, 1, 1)

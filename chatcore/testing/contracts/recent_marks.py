"""The tests that every storage of several hosts passes besides: which marks were made, for those who look."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

from collections.abc import Sequence

from ...domain.events import MessagesRead
from ...ports.commits import Change, Marked
from ...ports.recent_marks import MOST_KEPT, RecentMarks
from ...ports.storage import Storage
from .storage_base import ALICE, ALICE_BOB, BOB, CAROL, GENERAL, NOON, StorageBase, append_one, marks, post, read, send


def looked_at(storage: Storage) -> RecentMarks:
    """Return the storage as one in which marks are looked for."""
    assert isinstance(storage, RecentMarks)
    return storage


async def made_after(storage: Storage, place: int | None, limit: int = 10) -> Sequence[MessagesRead]:
    """Return the marks after a place."""
    return (await looked_at(storage).marks_after(place, limit)).made


async def end_of(storage: Storage) -> int:
    """Return the present end."""
    return (await looked_at(storage).marks_after(None, 10)).place


class RecentMarksContract(StorageBase):
    """What the port `chatcore.ports.recent_marks.RecentMarks` promises.

    Inherit in the class of the storage's own contract, beside `StorageContract`.
    """

    async def test_marks_are_found_as_they_were_told_in_the_order_of_commits(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one", "two", "three")
        await send(storage, ALICE, GENERAL, "all")
        begin = await end_of(storage)

        told = [
            (await read(storage, BOB, ALICE_BOB, 1, 3)).event,
            (await read(storage, CAROL, GENERAL, 1)).event,
            (await read(storage, BOB, ALICE_BOB, 2)).event,
        ]

        assert await made_after(storage, begin) == tuple(told)

    async def test_of_marks_of_one_batch_each_is_found_with_its_own_version(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one", "two")
        begin = await end_of(storage)

        changes: list[Change] = [post(ALICE, ALICE_BOB, "c"), marks(BOB, ALICE_BOB, 2), marks(BOB, ALICE_BOB, 2, 3)]
        outcomes = await storage.append(changes, NOON)

        made = await made_after(storage, begin)
        assert made == tuple(o.event for o in outcomes if isinstance(o, Marked))
        assert [(event.seqs, event.tally.version, event.tally.read) for event in made] == [((2,), 1, 1), ((3,), 2, 2)]

    async def test_a_mark_that_changes_nothing_is_none(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one")
        await read(storage, BOB, ALICE_BOB, 1)
        begin = await end_of(storage)

        await read(storage, BOB, ALICE_BOB, 1)
        await append_one(storage, marks(BOB, ALICE_BOB, 2))

        assert await made_after(storage, begin) == ()
        assert await end_of(storage) == begin

    async def test_what_was_read_is_as_it_was_then_though_all_else_may_be_as_it_is_now(self, storage: Storage) -> None:
        await send(storage, ALICE, GENERAL, "one", "two")
        begin = await end_of(storage)
        await read(storage, BOB, GENERAL, 1)
        await read(storage, CAROL, GENERAL, 1, 2)
        await read(storage, BOB, GENERAL, 2)
        await send(storage, CAROL, GENERAL, "three")

        first, *_ = await made_after(storage, begin)

        assert (first.reader, first.seqs, first.tally.version, first.tally.read) == (BOB, (1,), 1, 1)
        assert (first.tally.seq, first.tally.unread) in ((2, 1), (3, 2))
        assert first.receipts in ({ALICE: {1: 1}}, {ALICE: {1: 2}})

    async def test_it_goes_on_from_any_place_and_gives_no_more_than_was_asked_for(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, *"12345")
        place = await end_of(storage)
        for seq in (5, 1, 4, 2, 3):
            await read(storage, BOB, ALICE_BOB, seq)
        storage = await self.reopen(storage)

        found = list[int]()
        for _ in range(3):
            step = await looked_at(storage).marks_after(place, 2)
            place, found = step.place, found + [seq for event in step.made for seq in event.seqs]

        assert found == [5, 1, 4, 2, 3]
        assert place == await end_of(storage)
        assert await looked_at(storage).marks_after(place, 2) == await looked_at(storage).marks_after(None, 2)

    async def test_a_place_from_beyond_the_end_is_the_end(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one")
        await read(storage, BOB, ALICE_BOB, 1)
        end = await end_of(storage)

        assert (await looked_at(storage).marks_after(end + MOST_KEPT, 10)).place == end
        assert await made_after(storage, end + 1) == ()

"""What every storage promises about read states: single marks in any order, exact counts, absolute receipts."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

from itertools import permutations

import attrs
import pytest

from ...domain.conversations import direct
from ...domain.ids import UserId
from ...domain.messages import last
from ...errors import NotFound
from ...ports.commits import Marked
from ...ports.storage import Storage
from .storage_base import (
    ALICE,
    ALICE_BOB,
    ALICE_CAROL,
    BOB,
    CAROL,
    GENERAL,
    NOON,
    StorageBase,
    append_one,
    entry,
    marks,
    post,
    read,
    refusal,
    send,
    told_by,
)


class MarksContract(StorageBase):
    """Read states."""

    async def test_messages_of_others_are_unread_and_own_ones_never(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one", "two")
        await send(storage, BOB, ALICE_BOB, "three")

        alice, bob = await storage.tally(ALICE, ALICE_BOB), await storage.tally(BOB, ALICE_BOB)

        assert (alice.unread, bob.unread) == (1, 2)

    async def test_a_single_message_can_be_marked_read_out_of_order(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one", "two", "three")

        outcome = await read(storage, BOB, ALICE_BOB, 2)

        assert outcome.event is not None
        assert outcome.event.seqs == (2,)
        assert (outcome.tally.unread, outcome.tally.version) == (2, 1)
        assert await storage.tally(BOB, ALICE_BOB) == outcome.tally

    @pytest.mark.parametrize("order", list(permutations([1, 3, 4, 6])))
    async def test_marks_in_every_order_count_the_same(self, storage: Storage, order: tuple[int, ...]) -> None:
        for sender, text in [(ALICE, "1"), (BOB, "2"), (ALICE, "3"), (ALICE, "4"), (BOB, "5"), (ALICE, "6")]:
            await send(storage, sender, ALICE_BOB, text)

        for done, seq in enumerate(order, 1):
            outcome = await read(storage, BOB, ALICE_BOB, seq)
            page = await storage.page(BOB, ALICE_BOB, after=0, before=None, limit=10)
            covered = {seq for first, end in page.read for seq in range(first, end + 1)}

            assert (outcome.tally.unread, outcome.tally.version) == (4 - done, done)
            assert covered - {2, 5} == set(order[:done])
            assert done < len(order) or page.read == ((1, 6),)

    async def test_marking_again_changes_nothing(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one", "two")
        first = await read(storage, BOB, ALICE_BOB, 1)

        again = await read(storage, BOB, ALICE_BOB, 1)

        assert again.event is None
        assert again.tally == first.tally

    async def test_a_mark_names_in_its_event_only_what_was_not_read_before(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one", "two", "three", "four")
        await read(storage, BOB, ALICE_BOB, 3)

        outcome = await read(storage, BOB, ALICE_BOB, 4, 3, 1, 4)

        assert outcome.event is not None
        assert (outcome.event.seqs, outcome.tally.unread, outcome.tally.version) == ((1, 4), 1, 2)

    async def test_own_messages_in_a_mark_are_passed_over(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one")
        await send(storage, BOB, ALICE_BOB, "two")

        own_only = await read(storage, BOB, ALICE_BOB, 2)
        both = await read(storage, BOB, ALICE_BOB, 1, 2)

        assert (own_only.event, own_only.tally.version, own_only.tally.unread) == (None, 0, 1)
        assert both.event is not None
        assert (both.event.seqs, both.tally.read, both.tally.unread) == ((1,), 1, 0)

    @pytest.mark.parametrize("seqs", [(3,), (1, 3), (500, 1)])
    async def test_a_mark_beyond_the_last_message_is_refused_whole(
        self, storage: Storage, seqs: tuple[int, ...]
    ) -> None:
        await send(storage, ALICE, ALICE_BOB, "one", "two")
        before = await storage.tally(BOB, ALICE_BOB)

        outcome = await append_one(storage, marks(BOB, ALICE_BOB, *seqs))

        assert refusal(outcome) is NotFound
        assert await storage.tally(BOB, ALICE_BOB) == before

    async def test_a_mark_where_nobody_wrote_is_refused(self, storage: Storage) -> None:
        assert refusal(await append_one(storage, marks(BOB, ALICE_BOB, 1))) is NotFound
        assert refusal(await append_one(storage, marks(BOB, GENERAL, 1))) is NotFound

    async def test_marks_of_one_batch_build_on_each_other(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one", "two", "three")

        outcomes = await storage.append(
            [
                marks(BOB, ALICE_BOB, 2),
                marks(BOB, ALICE_BOB, 4),
                marks(BOB, ALICE_BOB, 1, 2),
                marks(BOB, ALICE_BOB, 2),
            ],
            NOON,
        )

        seqs = [o.event and o.event.seqs for o in outcomes if isinstance(o, Marked)]
        versions = [o.tally.version for o in outcomes if isinstance(o, Marked)]
        assert (seqs, versions) == ([(2,), (1,), None], [1, 2, 2])
        assert refusal(outcomes[1]) is NotFound
        assert (await storage.tally(BOB, ALICE_BOB)).unread == 1

    async def test_read_states_survive_reopening(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one", "two", "three", "four")
        await read(storage, BOB, ALICE_BOB, 1, 4)
        before = await storage.page(BOB, ALICE_BOB, after=0, before=None, limit=10)

        storage = await self.reopen(storage)
        after = await storage.page(BOB, ALICE_BOB, after=0, before=None, limit=10)
        await read(storage, BOB, ALICE_BOB, 2)
        later = await storage.page(BOB, ALICE_BOB, after=0, before=None, limit=10)

        assert before.read == ((1, 1), (4, 4))
        assert after == before
        assert later.read == ((1, 2), (4, 4))

    async def test_the_outcome_carries_the_whole_row(self, storage: Storage) -> None:
        *_, newest = await send(storage, ALICE, ALICE_BOB, "one", "two")

        outcome = await read(storage, BOB, ALICE_BOB, 1)

        assert outcome.tally == await storage.tally(BOB, ALICE_BOB)
        assert outcome.tally.last == last(newest)

    async def test_the_commit_tells_the_marks(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one")
        commits = told_by(storage)

        outcome = await append_one(storage, marks(BOB, ALICE_BOB, 1))

        assert [list(commit) for commit in commits] == [[outcome]]

    async def test_states_of_different_readers_and_conversations_do_not_meet(self, storage: Storage) -> None:
        for conversation in (ALICE_BOB, ALICE_CAROL, GENERAL):
            await send(storage, ALICE, conversation, "one")
        changes = [marks(BOB, ALICE_BOB, 1), marks(CAROL, GENERAL, 1)]

        await storage.append(changes, NOON)

        unread = [(await storage.tally(BOB, c)).unread for c in (ALICE_BOB, GENERAL)]
        assert unread == [0, 1]
        assert [(await storage.tally(CAROL, c)).unread for c in (ALICE_CAROL, GENERAL)] == [1, 0]

    # ---- receipts

    async def test_a_direct_message_is_read_by_one(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one", "two")

        outcome = await read(storage, BOB, ALICE_BOB, 2)

        assert outcome.event is not None
        assert outcome.event.receipts == {ALICE: {2: 1}}
        assert (await storage.stretch(ALICE, ALICE_BOB, 1, 2)).receipts == ((2, 1),)

    async def test_receipts_in_the_general_chat_are_absolute_and_by_author(self, storage: Storage) -> None:
        await send(storage, ALICE, GENERAL, "one")
        await send(storage, BOB, GENERAL, "two")
        await read(storage, CAROL, GENERAL, 1)

        bob, alice = await storage.append([marks(BOB, GENERAL, 1), marks(ALICE, GENERAL, 2)], NOON)
        carol = await read(storage, CAROL, GENERAL, 1, 2)

        assert isinstance(bob, Marked)
        assert isinstance(alice, Marked)
        receipts = [outcome.event and outcome.event.receipts for outcome in (bob, alice, carol)]
        assert receipts == [{ALICE: {1: 2}}, {BOB: {2: 1}}, {BOB: {2: 2}}]

    async def test_readers_of_one_batch_are_counted_together(self, storage: Storage) -> None:
        await send(storage, ALICE, GENERAL, "one", "two")
        readers = [UserId(f"{n:016x}") for n in range(40)]

        outcomes = await storage.append([marks(reader, GENERAL, 1) for reader in readers], NOON)

        events = [outcome.event for outcome in outcomes if isinstance(outcome, Marked)]
        assert [event and event.receipts for event in events] == [{ALICE: {1: n}} for n in range(1, 41)]
        assert (await storage.stretch(ALICE, GENERAL, 1, 2)).receipts == ((1, 40),)

    async def test_receipts_survive_reopening(self, storage: Storage) -> None:
        await send(storage, ALICE, GENERAL, "one", "two", "three")
        await read(storage, BOB, GENERAL, 1, 3)
        await read(storage, CAROL, GENERAL, 3)
        storage = await self.reopen(storage)

        page = await storage.page(ALICE, GENERAL, after=None, before=None, limit=2)

        assert page.receipts == ((3, 2),)
        assert (await storage.stretch(ALICE, GENERAL, 1, 3)).receipts == ((1, 1), (3, 2))

    async def test_receipts_of_others_messages_are_not_shown(self, storage: Storage) -> None:
        await send(storage, ALICE, GENERAL, "one")
        await send(storage, ALICE, ALICE_BOB, "one")
        for conversation in (GENERAL, ALICE_BOB):
            await read(storage, BOB, conversation, 1)

            page = await storage.page(BOB, conversation, after=0, before=None, limit=5)

            assert page.receipts == ()
            assert (await storage.stretch(BOB, conversation, 1, 1)).receipts == ()

    # ---- joining

    async def test_unread_is_what_counts_not_the_last_seq(self, storage: Storage) -> None:
        numbers = [(1, ALICE, 1, 1), (2, ALICE, 2, 2), (3, ALICE, 1, 1), (4, BOB, 2, 1)]
        await self.seed(storage, [entry(ALICE_BOB, *n) for n in numbers])
        storage = await self.reopen(storage)

        alice, bob = await storage.tally(ALICE, ALICE_BOB), await storage.tally(BOB, ALICE_BOB)

        assert (alice.seq, alice.live, alice.own, alice.unread) == (4, 2, 1, 1)
        assert (bob.seq, bob.live, bob.own, bob.unread) == (4, 2, 1, 1)

    async def test_a_long_run_of_own_messages_is_stepped_over(self, storage: Storage) -> None:
        conversation = direct(ALICE, BOB)
        await storage.append([post(BOB, conversation, f"{n}") for n in range(300)], NOON)
        await send(storage, ALICE, conversation, "at last")

        outcome = await read(storage, BOB, conversation, 301)

        page = await storage.stretch(BOB, conversation, 1, 301)
        assert page.read == ((1, 301),)
        assert attrs.evolve(outcome.tally, last=None) == attrs.evolve(page.tally, last=None)
        assert outcome.tally.unread == 0

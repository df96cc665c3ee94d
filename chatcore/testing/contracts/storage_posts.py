"""What every storage promises about messages: no duplicates, no holes, times and numbers, all of it kept."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

import asyncio

import pytest

from ...domain.messages import MAX_TEXT, NewMessage
from ...errors import Conflict
from ...ports.commits import Repeated, Stored
from ...ports.storage import Storage
from .storage_base import (
    ALICE,
    ALICE_BOB,
    ALICE_CAROL,
    BOB,
    BOB_CAROL,
    CAROL,
    GENERAL,
    NOON,
    StorageBase,
    append_one,
    entry,
    log_of,
    message_of,
    post,
    refusal,
    send,
)


class PostsContract(StorageBase):
    """Messages."""

    async def test_each_conversation_counts_its_messages_from_one(self, storage: Storage) -> None:
        changes = [
            post(ALICE, ALICE_BOB, "1"),
            post(ALICE, GENERAL, "2"),
            post(BOB, ALICE_BOB, "3"),
            post(CAROL, GENERAL, "4"),
            post(ALICE, ALICE_BOB, "5"),
        ]

        outcomes = await storage.append(changes, NOON)

        numbers = [(m.conversation, m.seq, m.live, m.own) for m in map(message_of, outcomes)]
        assert numbers == [
            (ALICE_BOB, 1, 1, 1),
            (GENERAL, 1, 1, 1),
            (ALICE_BOB, 2, 2, 1),
            (GENERAL, 2, 2, 1),
            (ALICE_BOB, 3, 3, 2),
        ]

    async def test_numbers_go_on_in_the_next_batch_and_after_reopening(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, "one", "two")
        await send(storage, ALICE, GENERAL, "one", "two")
        await send(storage, BOB, GENERAL, "three")
        storage = await self.reopen(storage)

        (direct,) = await send(storage, BOB, ALICE_BOB, "three")
        (general,) = await send(storage, ALICE, GENERAL, "four")

        assert (direct.seq, direct.live, direct.own) == (3, 3, 1)
        assert (general.seq, general.live, general.own) == (4, 4, 3)

    async def test_own_messages_are_counted_from_batch_to_batch(self, storage: Storage) -> None:
        stored = [
            message
            for sender in (ALICE, BOB, ALICE, ALICE, BOB)
            for conversation in (GENERAL, ALICE_BOB)
            for message in await send(storage, sender, conversation, "hello")
        ]

        assert [m.own for m in stored if m.conversation == GENERAL] == [1, 1, 2, 3, 2]
        assert [m.own for m in stored if m.conversation == ALICE_BOB] == [1, 1, 2, 3, 2]

    async def test_what_was_stored_is_read_back_unchanged_after_reopening(self, storage: Storage) -> None:
        texts = [
            'it\'s "quoted" {json} [1] \\ %s',
            "two\nlines\tand a tab",
            "zażółć 🦆👩‍👩‍👧 漢字",
            "x" * MAX_TEXT,
            "🦆" * MAX_TEXT,
        ]
        stored = await send(storage, ALICE, ALICE_BOB, *texts)

        storage = await self.reopen(storage)

        assert [m.text for m in stored] == texts
        assert list(await log_of(storage)) == stored

    async def test_a_clock_that_was_wrong_dates_only_what_was_stored_meanwhile(self, storage: Storage) -> None:
        year = 365 * 24 * 3_600_000
        at = [NOON, NOON + year, NOON + 60_000, NOON + 30_000]

        dates = [
            message_of(await append_one(storage, post(ALICE, ALICE_BOB, f"{n}"), now)).sent_at_ms
            for n, now in enumerate(at)
        ]
        storage = await self.reopen(storage)
        later = message_of(await append_one(storage, post(BOB, ALICE_BOB, "later"), NOON - 1))

        assert dates == [NOON, NOON + year, NOON + 60_000, NOON + 60_000]
        assert later.sent_at_ms == NOON - 1

    async def test_times_do_not_go_backwards_with_a_clock_that_is_set_right_by_seconds(self, storage: Storage) -> None:
        first = message_of(await append_one(storage, post(ALICE, ALICE_BOB, "1"), NOON))
        storage = await self.reopen(storage)

        second = message_of(await append_one(storage, post(BOB, ALICE_BOB, "2"), NOON - 5_000))
        elsewhere = message_of(await append_one(storage, post(ALICE, ALICE_CAROL, "3"), NOON - 5_000))
        third = message_of(await append_one(storage, post(BOB, ALICE_BOB, "4"), NOON + 1))

        assert [m.sent_at_ms for m in (first, second, third)] == [NOON, NOON, NOON + 1]
        assert elsewhere.sent_at_ms == NOON - 5_000

    async def test_the_same_client_id_again_in_the_batch_is_the_same_message(self, storage: Storage) -> None:
        outcomes = await storage.append([post(ALICE, ALICE_BOB, "1"), post(ALICE, ALICE_BOB, "1")], NOON)

        assert [type(outcome) for outcome in outcomes] == [Stored, Repeated]
        assert message_of(outcomes[0]) == message_of(outcomes[1])
        assert len(await log_of(storage)) == 1

    async def test_the_same_client_id_later_gets_the_original_with_its_time(self, storage: Storage) -> None:
        original = message_of(await append_one(storage, post(ALICE, ALICE_BOB, "1"), NOON))

        again = await append_one(storage, post(ALICE, ALICE_BOB, "1"), NOON + 60_000)

        assert isinstance(again, Repeated)
        assert again.message == original

    async def test_the_same_client_id_after_reopening_gets_the_original(self, storage: Storage) -> None:
        original = message_of(await append_one(storage, post(ALICE, GENERAL, "1"), NOON))
        storage = await self.reopen(storage)

        again = await append_one(storage, post(ALICE, GENERAL, "1"), NOON + 60_000)

        assert isinstance(again, Repeated)
        assert again.message == original

    @pytest.mark.parametrize("other", [post(ALICE, ALICE_BOB, "1", "other"), post(ALICE, ALICE_CAROL, "1")])
    async def test_a_client_id_used_for_another_message_is_a_conflict(
        self, storage: Storage, other: NewMessage
    ) -> None:
        _, in_the_batch = await storage.append([post(ALICE, ALICE_BOB, "1"), other], NOON)
        later = await append_one(storage, other)
        storage = await self.reopen(storage)
        after_reopening = await append_one(storage, other)

        assert [refusal(outcome) for outcome in (in_the_batch, later, after_reopening)] == [Conflict] * 3
        assert [m.text for m in await log_of(storage)] == ["hello"]
        assert not await log_of(storage, ALICE_CAROL)

    async def test_client_ids_of_different_senders_do_not_meet(self, storage: Storage) -> None:
        outcomes = await storage.append([post(ALICE, ALICE_BOB, "1"), post(BOB, ALICE_BOB, "1")], NOON)

        assert [type(outcome) for outcome in outcomes] == [Stored, Stored]

    async def test_what_is_repeated_or_refused_uses_up_no_number(self, storage: Storage) -> None:
        await storage.append([post(ALICE, ALICE_BOB, "1"), post(BOB, ALICE_BOB, "1")], NOON)

        outcomes = await storage.append(
            [
                post(ALICE, ALICE_BOB, "2"),
                post(ALICE, ALICE_BOB, "1"),
                post(BOB, ALICE_BOB, "1", "conflict"),
                post(ALICE, ALICE_BOB, "2"),
                post(BOB, ALICE_BOB, "2"),
                post(BOB, ALICE_BOB, "2", "conflict"),
                post(ALICE, ALICE_BOB, "3"),
            ],
            NOON,
        )
        (next_one,) = await send(storage, BOB, ALICE_BOB, "next")

        kinds = "".join(type(outcome).__name__[2] for outcome in outcomes)
        assert kinds == "opfpofo"  # stOred, rePeated, reFused
        assert [m.seq for m in await log_of(storage)] == [1, 2, 3, 4, 5, 6]
        assert (next_one.seq, next_one.live, next_one.own) == (6, 6, 3)

    async def test_one_client_id_posted_many_times_at_once_is_one_message(self, storage: Storage) -> None:
        appends = [storage.append([post(ALICE, ALICE_BOB, "1"), post(BOB, ALICE_BOB, f"{i}")], NOON) for i in range(20)]

        outcomes = [outcomes[0] for outcomes in await asyncio.gather(*appends)]

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Repeated"] * 19 + ["Stored"]
        assert len({message_of(outcome) for outcome in outcomes}) == 1
        assert [m.seq for m in await log_of(storage)] == list(range(1, 22))

    async def test_messages_of_all_conversations_are_numbered_in_the_order_of_commits(self, storage: Storage) -> None:
        first = [
            message_of(outcome)
            for outcome in await storage.append(
                [post(ALICE, ALICE_BOB, "1"), post(CAROL, GENERAL, "2"), post(BOB, ALICE_BOB, "3")], NOON
            )
        ]
        storage = await self.reopen(storage)
        later = message_of(await append_one(storage, post(CAROL, BOB_CAROL, "4"), NOON - 1_000_000))
        again = message_of(await append_one(storage, post(CAROL, GENERAL, "2")))

        numbers = [message.number for message in (*first, later)]
        assert numbers == sorted(set(numbers))
        assert numbers[0] > 0
        assert again == first[1]
        assert await log_of(storage) == (first[0], first[2])
        tally = await storage.tally(BOB, BOB_CAROL)
        assert tally.last is not None
        assert tally.last.number == later.number

    async def test_messages_count_on_from_a_log_in_which_some_do_not_count(self, storage: Storage) -> None:
        numbers = [(1, ALICE, 1, 1), (2, BOB, 2, 1), (3, BOB, 1, 0)]
        await self.seed(storage, [entry(ALICE_BOB, *n) for n in numbers])
        storage = await self.reopen(storage)

        by_alice = message_of(await append_one(storage, post(ALICE, ALICE_BOB, "1")))
        by_bob = message_of(await append_one(storage, post(BOB, ALICE_BOB, "1")))

        assert (by_alice.seq, by_alice.live, by_alice.own) == (4, 2, 2)
        assert (by_bob.seq, by_bob.live, by_bob.own) == (5, 3, 1)

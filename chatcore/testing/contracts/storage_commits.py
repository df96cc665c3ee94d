"""What every storage promises about commits: each is whole, told in their order, and seen by all later reads."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

import asyncio

from ...domain.messages import NewMessage
from ...domain.tallies import Tally
from ...ports.commits import Change, Commit, Marked, Stored
from ...ports.storage import Storage
from .storage_base import (
    ALICE,
    ALICE_BOB,
    BOB,
    BOB_CAROL,
    NOON,
    StorageBase,
    append_one,
    log_of,
    marks,
    post,
    send,
    told_by,
)


class CommitsContract(StorageBase):
    """Batches of changes, and who is told."""

    async def test_the_outcomes_stand_in_the_order_of_the_changes(self, storage: Storage) -> None:
        changes: list[Change] = [
            marks(BOB, ALICE_BOB, 1),
            post(ALICE, ALICE_BOB, "1"),
            marks(BOB, ALICE_BOB, 9),
            post(ALICE, ALICE_BOB, "1", "conflict"),
        ]

        outcomes = await storage.append(changes, NOON)

        assert [outcome.change for outcome in outcomes] == changes
        assert [type(outcome).__name__ for outcome in outcomes] == ["Marked", "Stored", "Refused", "Refused"]

    async def test_a_commit_tells_messages_first_and_marks_after_them(self, storage: Storage) -> None:
        commits = told_by(storage)
        mark, first, second = marks(BOB, ALICE_BOB, 2), post(ALICE, ALICE_BOB, "1"), post(ALICE, ALICE_BOB, "2")

        outcomes = await storage.append([mark, first, second], NOON)

        (commit,) = commits
        assert list(commit) == [outcomes[1], outcomes[2], outcomes[0]]

    async def test_an_append_of_nothing_tells_nothing(self, storage: Storage) -> None:
        commits = told_by(storage)

        outcomes = await storage.append([], NOON)

        assert not outcomes
        assert not commits

    async def test_every_listener_is_told_before_the_append_returns(self, storage: Storage) -> None:
        one, other = told_by(storage), told_by(storage)

        outcomes = await storage.append([post(ALICE, ALICE_BOB, "1"), post(BOB, BOB_CAROL, "1")], NOON)

        assert [list(commit) for commit in one] == [list(outcomes)]
        assert one == other

    async def test_a_listener_that_left_is_told_nothing_more(self, storage: Storage) -> None:
        commits: list[Commit] = []
        leave = storage.listen(commits.append)
        await append_one(storage, post(ALICE, ALICE_BOB, "1"))

        leave()
        await append_one(storage, post(ALICE, ALICE_BOB, "2"))

        assert len(commits) == 1

    async def test_a_repeated_post_is_told_too(self, storage: Storage) -> None:
        await append_one(storage, post(ALICE, ALICE_BOB, "1"))
        commits = told_by(storage)

        outcome = await append_one(storage, post(ALICE, ALICE_BOB, "1"))

        assert [list(commit) for commit in commits] == [[outcome]]

    async def test_the_origin_is_handed_back_untouched(self, storage: Storage) -> None:
        change = post(ALICE, ALICE_BOB, "1")

        outcome = await append_one(storage, change)

        assert outcome.change is change

    async def test_concurrent_appends_leave_no_hole_and_are_told_in_seq_order(self, storage: Storage) -> None:
        commits = told_by(storage)
        appends = [storage.append([post(ALICE, ALICE_BOB, f"{i}-{j}") for j in range(3)], NOON) for i in range(30)]

        await asyncio.gather(*appends)

        told = [outcome.message.seq for commit in commits for outcome in commit if isinstance(outcome, Stored)]
        assert told == list(range(1, 91))
        assert [m.seq for m in await log_of(storage)] == told

    async def test_reads_during_appends_see_whole_commits(self, storage: Storage) -> None:
        appends = [storage.append([post(ALICE, ALICE_BOB, f"{i}-{j}") for j in range(5)], NOON) for i in range(20)]
        reads = [storage.page(BOB, ALICE_BOB, after=None, before=None, limit=10) for _ in range(20)]

        _, pages = await asyncio.gather(asyncio.gather(*appends), asyncio.gather(*reads))

        for page in pages:
            assert page.tally.seq % 5 == 0
            assert page.tally.seq == (page.messages[-1].seq if page.messages else 0)

    async def test_what_a_returned_append_stored_is_seen_by_every_later_read(self, storage: Storage) -> None:
        for i in range(1, 21):
            await append_one(storage, post(ALICE, ALICE_BOB, f"{i}"))

            tallies = await asyncio.gather(*(storage.tally(BOB, ALICE_BOB) for _ in range(4)))

            assert [tally.seq for tally in tallies] == [i] * 4

    async def test_what_is_told_is_seen_by_every_read_that_begins_then(self, storage: Storage) -> None:
        reads: list[asyncio.Future[Tally]] = []
        storage.listen(lambda _: reads.append(asyncio.ensure_future(storage.tally(BOB, ALICE_BOB))))

        for i in range(1, 21):
            await append_one(storage, post(ALICE, ALICE_BOB, f"{i}"))

            assert (await reads[-1]).seq == i

    async def test_an_append_whose_caller_is_cancelled_is_told_all_the_same(self, storage: Storage) -> None:
        commits = told_by(storage)
        change = post(ALICE, ALICE_BOB, "1")
        task = asyncio.create_task(_append(storage, change))
        await asyncio.wait([task], timeout=0)  # it has begun

        task.cancel()
        await asyncio.wait([task])
        await send(storage, BOB, ALICE_BOB, "another")

        stored = [outcome for commit in commits for outcome in commit if isinstance(outcome, Stored)]
        assert stored[0].change is change
        assert [m.seq for m in await log_of(storage)] == [1, 2]

    async def test_a_mark_may_name_a_message_of_its_own_batch(self, storage: Storage) -> None:
        outcomes = await storage.append([marks(BOB, ALICE_BOB, 1), post(ALICE, ALICE_BOB, "1")], NOON)

        assert isinstance(outcomes[0], Marked)
        assert (outcomes[0].tally.seq, outcomes[0].tally.unread) == (1, 0)


async def _append(storage: Storage, change: NewMessage) -> None:
    await storage.append([change], NOON)

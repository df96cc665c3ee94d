"""The writer: few commits for many changes, nothing lost, nothing out of order, and a bound."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Self

import pytest

from chatcore import GENERAL, Busy, ChatError, ClientId, StorageError, StorageFull, StorageUnavailable, UserId
from chatcore.domain.figures import Meter
from chatcore.domain.messages import NewMessage
from chatcore.ports.commits import Change, Commit, Outcome, Refused, Stored
from chatcore.service.writer import MAX_LOOKS, OVERHEAD, Writer, size_of
from chatcore.testing.clock import VirtualClock
from tests.service.gated import GatedStorage
from tests.turns import turns

ALICE = UserId("a" * 16)


class Desk:
    """A writer that runs, over a gated storage."""

    def __init__(self, **bounds: int) -> None:
        self.meter = Meter()
        self.clock = VirtualClock()
        self.storage = GatedStorage()
        self.commits: list[Commit] = []
        options: dict[str, Any] = {**bounds, "meter": self.meter}
        self.storage.listen(self.commits.append)
        self.writer = Writer(self.storage, self.clock, self.commits.append, **options)

    async def __aenter__(self) -> Self:
        self.running = asyncio.ensure_future(self.writer.run())
        await turns()
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    def post(self, number: int, text: str = "") -> None:
        self.writer.submit(NewMessage(ALICE, GENERAL, ClientId(f"c{number}"), text or f"m{number}"))

    @property
    def texts(self) -> list[str]:
        outcomes = (outcome for commit in self.commits for outcome in commit)
        return [outcome.message.text for outcome in outcomes if isinstance(outcome, Stored)]


async def test_what_comes_during_a_commit_shares_the_next() -> None:
    async with Desk() as desk:
        desk.storage.gate.clear()
        desk.post(0)
        await turns()
        for number in range(1, 200):
            desk.post(number)

        desk.storage.gate.set()
        await desk.writer.drained()

        assert desk.storage.batches == [1, 199]
        assert desk.texts == [f"m{number}" for number in range(200)]


async def test_a_single_change_is_written_without_waiting_for_others() -> None:
    async with Desk() as desk:
        for number in range(3):
            desk.post(number)
            await desk.writer.drained()

        assert desk.storage.batches == [1, 1, 1]


async def test_what_comes_turn_by_turn_shares_a_commit() -> None:
    async with Desk() as desk:
        for number in range(5):
            desk.post(number)
            await turns(1)
        await desk.writer.drained()

        assert desk.storage.batches == [5]


async def test_the_commit_does_not_wait_as_long_as_something_comes() -> None:
    async with Desk() as desk:
        for number in range(100):
            desk.post(number)
            await turns(1)
        await desk.writer.drained()

        assert desk.storage.batches[0] <= 2 * MAX_LOOKS + 1


async def test_a_batch_has_a_bound() -> None:
    async with Desk(max_batch=4) as desk:
        for number in range(10):
            desk.post(number)
        await desk.writer.drained()

        assert desk.storage.batches == [4, 4, 2]
        assert desk.texts == [f"m{number}" for number in range(10)]


async def test_a_batch_has_a_bound_in_bytes_and_one_change_at_least() -> None:
    async with Desk(max_batch_bytes=1_000) as desk:
        for number, size in enumerate([300, 300, 300, 2_000, 100, 100]):
            desk.post(number, "x" * size)
        await desk.writer.drained()

        assert desk.storage.batches == [2, 1, 1, 2]


async def test_bytes_are_counted_as_they_are_sent() -> None:
    for text, size in (("x" * 40, 40), ("\u017c" * 40, 80), ("\U0001f986" * 40, 160)):
        assert size_of(NewMessage(ALICE, GENERAL, ClientId("c"), text)) == OVERHEAD + size


async def test_when_too_many_bytes_wait_the_next_is_refused_and_later_taken() -> None:
    async with Desk(max_pending_bytes=1_000) as desk:
        desk.storage.gate.clear()
        desk.post(0)
        await turns()
        desk.post(1, "x" * 500)
        with pytest.raises(Busy):
            desk.post(2, "x" * 500)
        desk.storage.gate.set()
        await desk.writer.drained()

        desk.post(2, "x" * 500)
        await desk.writer.drained()

        assert [text[:2] for text in desk.texts] == ["m0", "xx", "xx"]


async def test_when_too_many_wait_the_next_is_refused_and_later_taken() -> None:
    async with Desk(max_pending=3) as desk:
        desk.storage.gate.clear()
        desk.post(0)
        await turns()
        for number in range(1, 4):
            desk.post(number)

        with pytest.raises(Busy):
            desk.post(4)
        desk.storage.gate.set()
        await desk.writer.drained()
        desk.post(4)
        await desk.writer.drained()

        assert desk.texts == ["m0", "m1", "m2", "m3", "m4"]


async def test_after_stop_nothing_more_is_taken_and_what_was_taken_is_written() -> None:
    async with Desk() as desk:
        desk.post(0)
        desk.writer.stop()

        with pytest.raises(Busy):
            desk.post(1)
        await desk.writer.drained()

        assert desk.texts == ["m0"]


async def test_drained_waits_for_the_commit_under_way() -> None:
    async with Desk() as desk:
        desk.storage.gate.clear()
        desk.post(0)
        drained = asyncio.ensure_future(desk.writer.drained())
        await turns()

        was_done = drained.done()
        desk.storage.gate.set()
        await drained

        assert not was_done
        assert desk.texts == ["m0"]


async def test_without_anything_to_write_it_is_drained() -> None:
    async with Desk() as desk:
        await desk.writer.drained()


async def test_a_full_disk_refuses_the_batch_for_now_and_the_writer_goes_on() -> None:
    async with Desk() as desk:
        desk.storage.error = StorageFull()
        desk.post(0)
        desk.post(1)
        await desk.writer.drained()
        desk.storage.error = None
        desk.post(2)
        await desk.writer.drained()

        refused, stored = desk.commits
        assert [type(outcome) for outcome in refused] == [Refused, Refused]
        assert {outcome.error.code for outcome in refused if isinstance(outcome, Refused)} == {"storage_full"}
        assert len(stored) == 1


async def test_a_post_for_which_something_cannot_be_read_is_refused_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Desk() as desk:
        append = desk.storage.append

        async def reading(changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
            if any(isinstance(change, NewMessage) and change.text == "m3" for change in changes):
                raise StorageUnavailable
            return await append(changes, now_ms)

        monkeypatch.setattr(desk.storage, "append", reading)
        for number in range(7):
            desk.post(number)
        await desk.writer.drained()

        assert desk.texts == ["m0", "m1", "m2", "m4", "m5", "m6"]
        refused = [outcome for commit in desk.commits for outcome in commit if isinstance(outcome, Refused)]
        assert [outcome.error.code for outcome in refused] == ["storage_unavailable"]


@pytest.mark.parametrize("error", [StorageError("disk on fire"), OSError("disk on fire")])
async def test_a_storage_that_failed_ends_the_writer(error: Exception) -> None:
    async with Desk() as desk:
        desk.storage.error = error
        desk.post(0)

        with pytest.raises((ChatError, OSError), match="disk on fire"):
            await desk.running

        assert desk.commits == []


async def test_it_is_counted_how_many_changes_shared_a_commit_and_how_long_each_waited() -> None:
    async with Desk() as desk:
        desk.storage.gate.clear()
        desk.post(0)
        await turns()
        desk.post(1)
        desk.post(2)
        desk.clock.elapse(0.2)
        desk.storage.gate.set()
        await desk.writer.drained()

    assert (desk.meter.batches.total, desk.meter.batches.sum) == (2, 3)
    assert (desk.meter.acks.total, round(desk.meter.acks.sum, 6)) == (3, 0.6)
    assert desk.meter.acks.counts[desk.meter.acks.bounds.index(0.25)] == 3


async def test_commits_that_are_not_made_are_counted_by_what_was_wrong() -> None:
    async with Desk() as desk:
        desk.storage.error = StorageFull()
        desk.post(0)
        await desk.writer.drained()

    assert desk.meter.failed == {"storage_full": 1}

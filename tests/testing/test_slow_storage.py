"""The storage that answers late: reads are old when they come, writes happen late, and faults are made to order."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest

from chatcore import GENERAL, Busy, ClientId, StorageError, StorageFull, StorageUnavailable, UserId
from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.messages import NewMessage
from chatcore.ports.storage import Storage
from chatcore.testing import VirtualClock
from chatcore.testing.slow_storage import Break, SlowStorage
from tests.turns import turns

ALICE = UserId("a" * 16)


class Shelf:
    """A slow storage, the one below it, and the clock."""

    def __init__(self, most: float = 2.0, seed: int = 1) -> None:
        self.clock = VirtualClock()
        self.below = MemoryStorage()
        self.slow = SlowStorage(self.below, self.clock, seed, most)

    def post(self, storage: Storage, name: str) -> asyncio.Future[Any]:
        change = NewMessage(ALICE, GENERAL, ClientId(name), name)
        return asyncio.ensure_future(storage.append([change], 0))

    async def pass_time(self) -> None:
        await turns()
        while self.clock.advance():
            await turns()


async def test_what_a_read_found_is_old_when_it_is_told() -> None:
    shelf = Shelf()
    reading = asyncio.ensure_future(shelf.slow.tally(ALICE, GENERAL))
    await turns()

    await shelf.post(shelf.below, "meanwhile")
    before = reading.done()
    await shelf.pass_time()

    assert not before
    assert (await reading).seq == 0
    assert 0 < shelf.clock.monotonic() <= 2


async def test_a_write_happens_when_it_is_done_not_when_it_was_asked_for() -> None:
    shelf = Shelf()
    writing = shelf.post(shelf.slow, "late")
    await turns()

    before = (await shelf.below.tally(ALICE, GENERAL)).seq
    await shelf.pass_time()
    await writing

    assert before == 0
    assert (await shelf.below.tally(ALICE, GENERAL)).seq == 1


async def test_a_write_that_is_cancelled_before_it_was_done_is_not_done() -> None:
    shelf = Shelf()
    writing = shelf.post(shelf.slow, "never")
    await turns()

    writing.cancel()
    await shelf.pass_time()

    assert (await shelf.below.tally(ALICE, GENERAL)).seq == 0


async def test_without_latency_nothing_waits() -> None:
    shelf = Shelf(most=0)

    await shelf.post(shelf.slow, "now")

    assert (await shelf.slow.tally(ALICE, GENERAL)).seq == 1
    assert shelf.clock.monotonic() == 0


async def test_the_same_seed_takes_the_same_time() -> None:
    times = []
    for seed in (1, 1, 2):
        shelf = Shelf(seed=seed)
        reading = asyncio.ensure_future(shelf.slow.user(ALICE))
        await shelf.pass_time()
        await reading
        times.append(shelf.clock.monotonic())

    assert times[0] == times[1] != times[2]


async def test_commits_are_counted_and_told() -> None:
    shelf, told = Shelf(most=0), list[object]()
    end = shelf.slow.listen(told.append)

    await shelf.post(shelf.slow, "1")
    await shelf.post(shelf.slow, "2")
    end()
    await shelf.post(shelf.slow, "3")

    assert len(told) == 2
    assert shelf.slow.commits == 2


async def test_a_full_storage_writes_nothing_and_reads_on() -> None:
    shelf = Shelf(most=0)
    shelf.slow.is_full = True

    with pytest.raises(StorageFull):
        await shelf.post(shelf.slow, "1")
    assert (await shelf.slow.tally(ALICE, GENERAL)).seq == 0

    shelf.slow.is_full = False
    await shelf.post(shelf.slow, "1")
    assert (await shelf.slow.tally(ALICE, GENERAL)).seq == 1


async def test_a_locked_storage_writes_nothing_and_a_damaged_one_does_nothing_until_it_is_well_again() -> None:
    shelf = Shelf(most=0)

    shelf.slow.is_locked = True
    with pytest.raises(Busy):
        await shelf.post(shelf.slow, "1")
    assert (await shelf.slow.tally(ALICE, GENERAL)).seq == 0
    shelf.slow.is_locked, shelf.slow.is_damaged = False, True
    with pytest.raises(StorageUnavailable):
        await shelf.post(shelf.slow, "1")
    with pytest.raises(StorageUnavailable):
        await shelf.slow.tally(ALICE, GENERAL)

    shelf.slow.is_damaged = False
    await shelf.post(shelf.slow, "1")
    assert (await shelf.slow.tally(ALICE, GENERAL)).seq == 1


@pytest.mark.parametrize(("how", "stored"), [(Break.BEFORE, 0), (Break.AFTER, 1)])
async def test_a_write_fails_once_before_or_after_it_was_done(how: Break, stored: int) -> None:
    shelf = Shelf(most=0)
    shelf.slow.breaks = how

    with pytest.raises(StorageError):
        await shelf.post(shelf.slow, "1")
    after_failure = (await shelf.slow.tally(ALICE, GENERAL)).seq
    await shelf.post(shelf.slow, "2")

    assert after_failure == stored
    assert (await shelf.slow.tally(ALICE, GENERAL)).seq == stored + 1


def test_it_has_every_method_of_the_port_with_the_same_signature() -> None:
    methods = [name for name, _ in inspect.getmembers(Storage, inspect.isfunction) if not name.startswith("_")]

    assert len(methods) > 10
    for name in methods:
        assert inspect.signature(getattr(SlowStorage, name)) == inspect.signature(getattr(Storage, name))

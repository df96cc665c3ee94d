"""Passwords are hashed with argon2id, off the event loop, a bounded number at a time."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from chatcore.adapters.argon2 import LOW, NORMAL, STEPS_BACK, Argon2Hasher, Cost, threads_beside
from chatcore.errors import Busy


@pytest.fixture
async def hasher() -> AsyncIterator[Argon2Hasher]:
    async with Argon2Hasher(LOW) as hasher:
        yield hasher


async def test_a_password_belongs_to_its_hash_and_no_other_does(hasher: Argon2Hasher) -> None:
    made = await hasher.hash("correct horse")

    assert await hasher.verify(made, "correct horse")
    assert not await hasher.verify(made, "correct horse ")


async def test_the_hash_does_not_contain_the_password_and_is_salted(hasher: Argon2Hasher) -> None:
    first, second = await hasher.hash("correct horse"), await hasher.hash("correct horse")

    assert "correct horse" not in first
    assert first != second


async def test_nobody_has_no_right_password(hasher: Argon2Hasher) -> None:
    assert not await hasher.verify(None, "nobody's password")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no priority of their own")
async def test_what_hashes_gives_way_to_everything_else_of_the_process() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    async with Argon2Hasher(LOW) as hasher:
        of_hashes = [await asyncio.wrap_future(hasher._threads.submit(priority)) for _ in range(3)]

    assert of_hashes == [min(19, priority() + STEPS_BACK)] * 3


class Recording(Argon2Hasher):
    def __init__(self) -> None:
        super().__init__(LOW)
        self.checked: list[str] = []

    def _is_right(self, password_hash: str, password: str) -> bool:
        self.checked.append(password_hash)
        return super()._is_right(password_hash, password)


async def test_nobodys_password_costs_the_same_work_as_anybodys() -> None:
    async with Recording() as hasher:
        made = await hasher.hash("correct horse")

        await hasher.verify(made, "wrong password")
        await hasher.verify(None, "wrong password")

    assert [extract_parameters(each) for each in hasher.checked] == [extract_parameters(made)] * 2


async def test_what_is_no_hash_belongs_to_no_password(hasher: Argon2Hasher) -> None:
    assert not await hasher.verify("rubbish", "correct horse")


async def test_the_normal_cost_is_19_mib_and_two_passes_of_argon2id() -> None:
    async with Argon2Hasher() as hasher:
        parameters = extract_parameters(await hasher.hash("correct horse"))

    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)
    assert parameters.type is Type.ID
    assert NORMAL.memory_kib == parameters.memory_cost


async def test_a_hash_is_weak_when_it_took_less_work_than_those_of_today() -> None:
    async with Argon2Hasher(LOW) as low, Argon2Hasher(Cost(memory_kib=16, passes=2)) as high:
        cheap, dear = await low.hash("correct horse"), await high.hash("correct horse")

    assert high.is_weak(cheap)
    assert not any([high.is_weak(dear), low.is_weak(cheap), low.is_weak(dear), high.is_weak(""), high.is_weak("none")])
    # What a hash says of its own cost is what it is checked by: a former password is right after the cost has risen.
    async with Argon2Hasher(Cost(memory_kib=16, passes=2)) as high:
        assert await high.verify(cheap, "correct horse")


@contextmanager
def held_threads(hasher: Argon2Hasher, count: int) -> Iterator[None]:
    release = threading.Event()
    for _ in range(count):
        hasher._threads.submit(release.wait)
    try:
        yield
    finally:
        release.set()


async def test_more_passwords_than_may_wait_are_refused_at_once_as_busy() -> None:
    async with Argon2Hasher(LOW, limit=3) as hasher:
        with held_threads(hasher, 2):
            waiting = [asyncio.create_task(hasher.hash("correct horse")) for _ in range(3)]
            await asyncio.wait(waiting, timeout=0)

            with pytest.raises(Busy, match="too many people"):
                await hasher.verify(None, "correct horse")

        assert len(await asyncio.gather(*waiting)) == 3
        assert await hasher.verify(await hasher.hash("and again"), "and again")


async def test_a_cancelled_log_in_leaves_its_place_to_others() -> None:
    async with Argon2Hasher(LOW, limit=1) as hasher:
        with held_threads(hasher, 2):
            waiting = asyncio.create_task(hasher.hash("correct horse"))
            await asyncio.wait([waiting], timeout=0)
            waiting.cancel()
            await asyncio.wait([waiting])

        assert await hasher.hash("correct horse")


async def test_the_event_loop_goes_on_while_a_password_is_hashed() -> None:
    async with Argon2Hasher() as hasher:
        hashing = asyncio.create_task(hasher.hash("correct horse"))
        turns = 0
        while not hashing.done():
            await asyncio.wait([hashing], timeout=0)
            turns += 1

    assert turns > 10


def test_one_core_is_left_to_everything_else_where_there_are_several() -> None:
    assert {cores: threads_beside(cores) for cores in (1, 2, 3, 4, 64)} == {1: 1, 2: 1, 3: 2, 4: 2, 64: 2}

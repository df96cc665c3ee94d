"""Turns at the hashes: a few at a time, in a fair order, and none is lost whoever leaves."""

from __future__ import annotations

import asyncio

import pytest

from chatcore.errors import Busy
from chatcore.service.hash_turns import HashTurns
from tests.turns import turns


class Bench:
    """People who want turns, and may be told to finish."""

    def __init__(self, most: int, at_once: int) -> None:
        self.turns = HashTurns(most, at_once)
        self.begun: list[str] = []
        self._finish: dict[str, asyncio.Event] = {}

    async def _work(self, name: str, address: str) -> None:
        async with self.turns.turn(address, name):
            self.begun.append(name)
            await self._finish[name].wait()

    async def come(self, name: str, address: str) -> asyncio.Task[None]:
        self._finish[name] = asyncio.Event()
        task = asyncio.create_task(self._work(name, address))
        await turns()
        return task

    async def finish(self, *names: str) -> None:
        for name in names:
            self._finish[name].set()
        await turns()


async def test_so_many_are_at_work_at_once_and_the_others_wait() -> None:
    bench = Bench(10, at_once=2)
    tasks = [await bench.come(name, name) for name in "abc"]

    assert bench.begun == ["a", "b"]
    await bench.finish("a")
    assert bench.begun == ["a", "b", "c"]
    await bench.finish("b", "c")
    await asyncio.gather(*tasks)


async def test_who_comes_from_elsewhere_is_next() -> None:
    bench = Bench(10, at_once=1)
    tasks = [await bench.come(f"flood-{number}", "attacker") for number in range(5)]
    tasks.append(await bench.come("alice", "home"))

    for name in ("flood-0", "flood-1"):
        await bench.finish(name)

    assert bench.begun == ["flood-0", "flood-1", "alice"]
    await bench.finish(*bench._finish)
    await asyncio.gather(*tasks)


async def test_where_too_many_wait_the_greediest_is_told_and_the_newcomer_waits() -> None:
    bench = Bench(2, at_once=1)
    floods = [await bench.come(f"flood-{number}", "attacker") for number in range(3)]
    alice = await bench.come("alice", "home")

    with pytest.raises(Busy):
        await floods[2]
    await bench.finish("flood-0", "flood-1", "alice")
    await asyncio.gather(*floods[:2], alice)


async def test_who_leaves_while_waiting_takes_no_turn_along() -> None:
    bench = Bench(10, at_once=1)
    first = await bench.come("a", "a")
    leaving, last = await bench.come("b", "b"), await bench.come("c", "c")

    leaving.cancel()
    await turns()
    await bench.finish("a", "b")

    assert bench.begun == ["a", "c"]
    await bench.finish("c")
    await asyncio.gather(first, last)


async def test_who_leaves_just_when_they_have_their_turn_gives_it_to_the_next() -> None:
    bench = Bench(10, at_once=1)
    async with bench.turns.turn("a", "a"):
        leaving, last = await bench.come("b", "b"), await bench.come("c", "c")
    leaving.cancel()  # nothing has run since the turn was given
    await turns()

    assert bench.begun == ["c"]
    await bench.finish("c")
    await last

"""What must not be left half done is waited for, however often its caller is cancelled."""

from __future__ import annotations

import asyncio

import pytest

from chatcore.tasks import first_of, outlast, to_its_end
from tests.turns import turns


async def test_what_is_cancelled_again_and_again_waits_to_the_end_and_is_cancelled_then() -> None:
    goal = asyncio.Event()
    task = asyncio.create_task(goal.wait())
    waiting = asyncio.ensure_future(outlast(task))
    for _ in range(5):
        await turns()
        waiting.cancel()
    await turns()
    was_done = waiting.done()

    goal.set()
    await asyncio.wait([waiting])

    assert (was_done, task.done(), waiting.cancelled()) == (False, True, True)


async def test_what_is_done_to_its_end_gives_its_answer_or_its_error() -> None:
    async def divide(by: int) -> int:
        await turns()
        return 6 // by

    assert await to_its_end(divide(2)) == 3
    with pytest.raises(ZeroDivisionError):
        await to_its_end(divide(0))


async def test_a_caller_that_was_cancelled_is_told_so_and_not_what_became_of_it() -> None:
    ended: list[str] = []

    async def fail() -> None:
        await turns(20)
        ended.append("to its end")
        raise ZeroDivisionError

    calling = asyncio.ensure_future(to_its_end(fail()))
    await turns(2)
    calling.cancel()
    await asyncio.wait([calling])

    assert calling.cancelled()
    assert ended == ["to its end"]


async def slow_to_end(ended: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        await turns(5)
        ended.append("the other one")


async def test_the_first_of_several_ends_the_others_which_have_ended_when_it_returns() -> None:
    ended: list[str] = []

    await first_of(slow_to_end(ended), turns())

    assert ended == ["the other one"]


async def test_the_first_of_several_raises_its_error_and_whoever_is_cancelled_ends_them_all() -> None:
    ended: list[str] = []

    async def fail() -> None:
        await turns()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await first_of(slow_to_end(ended), fail())
    calling = asyncio.create_task(first_of(slow_to_end(ended), slow_to_end(ended)))
    await turns(2)
    calling.cancel()
    await asyncio.wait([calling])

    assert calling.cancelled()
    assert ended == ["the other one"] * 3

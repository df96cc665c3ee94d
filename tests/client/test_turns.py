"""Those who wait until something has happened."""

import asyncio

from chatcore.client.turns import Turns
from tests.turns import turns


async def test_all_who_wait_go_on_once_something_has_happened() -> None:
    waits = Turns()
    tasks = [asyncio.ensure_future(waits.next()) for _ in range(2)]
    await turns()
    before = [task.done() for task in tasks]

    waits.end()
    await turns()

    assert before == [False, False]
    assert [task.done() for task in tasks] == [True, True]
    assert waits.waiting == 0


async def test_what_has_happened_before_counts_for_nobody() -> None:
    waits = Turns()
    waits.end()

    task = asyncio.ensure_future(waits.next())
    await turns()

    assert (task.done(), waits.waiting) == (False, 1)
    task.cancel()
    await turns()
    assert waits.waiting == 0

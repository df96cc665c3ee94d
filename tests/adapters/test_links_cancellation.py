"""Opening and closing what leads to another program, cancelled at every turn of the loop: nothing is left behind."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from chatcore.adapters.nats_bus import NatsBus
from chatcore.adapters.postgres import PostgresBus, PostgresStorage
from tests.nats import nats_server
from tests.postgres import Cluster
from tests.turns import turns
from tests.waiting import until

Make = Callable[[], NatsBus | PostgresBus | PostgresStorage]

FILES = Path("/proc/self/fd")
TURNS = [*range(20), *(round(20 * 1.2**step) for step in range(50))]
"""After which a call is cancelled; after the last ones it is open, however slow the machine."""

pytestmark = pytest.mark.skipif(not FILES.exists(), reason="this system does not tell which files are open")


@pytest.fixture(params=["nats", "postgres", "storage in postgres"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Make what is not open yet."""
    if request.param == "nats":
        with nats_server(tmp_path) as server:
            yield lambda: NatsBus(server.url, installation="test")
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.make("bus")
        try:
            kind = PostgresBus if request.param == "postgres" else PostgresStorage
            yield lambda: kind(cluster.address("bus"))
        finally:
            cluster.drop("bus")


def sockets() -> int:
    gc.collect()
    return sum(str(file.readlink()).startswith("socket:") for file in FILES.iterdir() if file.is_symlink())


async def is_cancelled(work: Awaitable[object], count: int) -> bool:
    """Cancel something after so many turns; tell whether that ended it."""
    task = asyncio.ensure_future(work)
    await turns(count)
    task.cancel()
    await asyncio.wait([task])
    return task.cancelled()


async def test_opening_that_is_cancelled_leaves_no_connection(make: Make) -> None:
    before, tasks = sockets(), asyncio.all_tasks()
    was_cancelled = True
    for count in TURNS:
        link = make()
        was_cancelled = await is_cancelled(link.__aenter__(), count)
        if not was_cancelled:
            await link.__aexit__(None, None, None)

        await until(lambda: asyncio.all_tasks() <= tasks)
        await until(lambda: sockets() <= before)
        if not was_cancelled:
            break

    assert not was_cancelled
    assert count > 5


async def test_closing_that_is_cancelled_leaves_no_connection(make: Make) -> None:
    before, tasks = sockets(), asyncio.all_tasks()
    for count in TURNS[:30]:
        link = make()
        await link.__aenter__()

        if await is_cancelled(link.__aexit__(None, None, None), count) and not count:
            await link.__aexit__(None, None, None)  # it had not begun

        await until(lambda: asyncio.all_tasks() <= tasks)
        await until(lambda: sockets() <= before)

"""The memory of an idle connection that is logged in.

Counted is what a connection adds, its user's presence with it. Everybody has been there once before: so what is kept
of users, not of connections (who is known to exist, the pages of the database in SQLite's caches), is there already.
They come a few at a time, as memory that they give back is used again by those who are counted.
"""

from __future__ import annotations

import asyncio

from chatcore.domain.conversations import GENERAL

from .bench import Bench
from .chat import BATCH, log_in_all, request
from .filling import Filling, Person
from .goals import Run
from .load import Exchange
from .meter import resident
from .server import PinnedServer
from .websocket import masked
from .yardsticks import CONNECTIONS

SETTLE = 0.3
"""Seconds within which everybody has heard of everybody."""


async def connections(bench: Bench) -> Run:
    """Measure as many as the yardstick does; each of them is seen to live."""
    people = [Person(number) for number in range(1, CONNECTIONS + 1)]
    async with PinnedServer(await bench.database(Filling(len(people)))) as server:
        for first in range(0, len(people), BATCH):
            visitors = await log_in_all(server.port, people[first : first + BATCH])
            await asyncio.gather(*(visitor.close() for visitor in visitors))
        await asyncio.sleep(SETTLE)
        before = resident(server.pid)
        peers = await log_in_all(server.port, people)
        exchange = Exchange(peers, lambda _, number: masked(request("count", number, conversation=GENERAL)))
        await asyncio.sleep(SETTLE)
        used = resident(server.pid) - before
        exchange.prepare(1)
        await exchange.run()
        await exchange.check()
    return {"idle connection": used / CONNECTIONS / 1024}

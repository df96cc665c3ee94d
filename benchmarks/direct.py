"""Direct messages between pairs: durable, acked, delivered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .bench import Bench
from .chat import conversation, log_in_all, post
from .filling import Filling, Person
from .goals import Run
from .load import Exchange
from .meter import Meter
from .server import PinnedServer
from .websocket import masked

WARM = 20
"""Messages of each sender before the clock runs."""

OURS = "chatcore_server"
LOADS = (
    (50, 4, 40_000, OURS),
    (50, 4, 40_000, "benchmarks.asgi_server"),
    (500, 1, 20_000, OURS),
    (8, 1, 8_000, OURS),
)
"""Pairs, messages under way of each, messages in all, and the server."""


@asynccontextmanager
async def pairs(bench: Bench, count: int, module: str = OURS) -> AsyncIterator[tuple[PinnedServer, Exchange]]:
    """Return a server and so many pairs of people, of whom one writes and the other one hears."""
    people = [Person(number) for number in range(1, 2 * count + 1)]
    async with PinnedServer(await bench.database(Filling(len(people))), module=module) as server:
        peers = await log_in_all(server.port, people)
        to = [conversation(a.number, b.number) for a, b in zip(people[::2], people[1::2], strict=True)]
        exchange = Exchange(
            peers[::2], lambda sender, number: masked(post(to[sender], number)), [[peer] for peer in peers[1::2]]
        )
        exchange.prepare(WARM)
        await exchange.run()
        yield server, exchange


async def direct(bench: Bench) -> Run:
    """Measure three loads, and one of them behind uvicorn."""
    figures: dict[str, float] = {}
    for count, outstanding, messages, module in LOADS:
        async with pairs(bench, count, module) as (server, exchange):
            number = exchange.prepare(bench.many(messages // count))
            with Meter(server.pid) as meter:
                await exchange.run(outstanding)
            await exchange.check()
        name = f"{'direct' if module == OURS else 'asgi'} {count}x{outstanding}"
        figures[name] = meter.cpu / number * 1e6
        figures[f"{name} rate"] = number / meter.wall
    return figures

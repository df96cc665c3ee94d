"""The general chat: what one member writes, all the others who are online get."""

from __future__ import annotations

from chatcore.domain.conversations import GENERAL

from .bench import Bench
from .chat import log_in_all, post
from .direct import WARM
from .filling import Filling, Person
from .goals import Run
from .load import Exchange
from .meter import Meter
from .server import PinnedServer
from .websocket import masked
from .yardsticks import ONLINE


async def general(bench: Bench) -> Run:
    """Measure the cost for each delivery (the author's answer is one), at one message at a time and at several."""
    figures: dict[str, float] = {}
    people = [Person(number) for number in range(1, ONLINE + 1)]
    async with PinnedServer(await bench.database(Filling(ONLINE))) as server:
        author, *others = await log_in_all(server.port, people)
        exchange = Exchange([author], lambda _, number: masked(post(GENERAL, number)), [others])
        exchange.prepare(WARM)
        await exchange.run()
        for outstanding, messages in ((1, 400), (4, 1_200)):
            number = exchange.prepare(bench.many(messages))
            with Meter(server.pid) as meter:
                await exchange.run(outstanding)
            await exchange.check()
            figures[f"general x{outstanding}"] = meter.cpu / number / ONLINE * 1e6
    return figures

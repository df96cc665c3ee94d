"""The yardsticks: what the machine, its disk and the libraries can do in the same run."""

from __future__ import annotations

import asyncio
import os
import re
from statistics import median
from time import perf_counter

from .bench import Bench
from .filling import TEXT
from .goals import ECHO, FDATASYNC, OPENING, PACED, Run
from .load import Exchange
from .meter import Meter, resident
from .peer import Peer
from .server import PinnedServer
from .socketio_chat import socketio
from .websocket import masked

CONNECTIONS = 1_000
"""How many are idle."""

ONLINE = 500
TOGETHER = 50
"""How many come at a time."""

WARM = 20
"""Messages of each before the clock runs."""

TOKENS = re.compile(rb"(?!)()|~(\d{8})~|(?!)()")


async def yardsticks(bench: Bench) -> Run:
    """Measure them all."""
    libraries = {
        **await echo(bench),
        **await paced(bench),
        **await opening(bench),
        **await broadcast(bench),
        **await plain(bench),
        **await afternoon(bench),
    }
    return {FDATASYNC: fdatasync(bench), **libraries}


def fdatasync(bench: Bench, rest: float = 0.0) -> float:
    """Return the median milliseconds of one fdatasync after 4 KiB at the end of a file, each so many seconds later."""
    path = bench.folder / "fdatasync"
    took = []
    with path.open("ab", buffering=0) as file:
        for _ in range(200):
            file.write(bytes(4096))
            begun = perf_counter()
            os.fdatasync(file.fileno())
            took.append(perf_counter() - begun)
            while perf_counter() < begun + rest:
                pass
    path.unlink()
    return median(took) * 1e3


async def echo(bench: Bench) -> Run:
    """Measure the echo of messages as long as a post."""
    async with _plain(bench) as server:
        peers = [await Peer.connect(server.port, TOKENS, "/echo") for _ in range(50)]
        exchange = Exchange(peers, _message, [[peer] for peer in peers], is_answered=False)
        return {ECHO: await _cost(server, exchange, bench.many(800), 4) * 1e6}


async def paced(bench: Bench) -> Run:
    """Measure how long an echo takes where the machine rests before each."""
    async with _plain(bench) as server:
        peers = [await Peer.connect(server.port, TOKENS, "/echo") for _ in range(50)]
        exchange = Exchange(peers, _message, [[peer] for peer in peers], is_answered=False)
        exchange.prepare(WARM)
        await exchange.run()
        exchange.prepare(bench.many(20, 4))
        return {PACED: median(await exchange.pace(200)) * 1e3}


async def opening(bench: Bench) -> Run:
    """Measure how clients come, in groups as they log in; the next one comes when the one before has left."""
    cpu = 0.0
    number = bench.many(20, 4)
    async with _plain(bench) as server:
        for turn in range(number + 1):
            with Meter(server.pid) as meter:
                peers = await asyncio.gather(*(Peer.connect(server.port, TOKENS, "/echo") for _ in range(TOGETHER)))
            cpu += meter.cpu if turn else 0.0  # the first group warms it
            await asyncio.gather(*(peer.close() for peer in peers))
    return {OPENING: cpu / number / TOGETHER * 1e6}


async def broadcast(bench: Bench) -> Run:
    """Measure `websockets.broadcast`, for each delivery."""
    async with _plain(bench) as server:
        peers = [await Peer.connect(server.port, TOKENS, "/broadcast") for _ in range(ONLINE)]
        exchange = Exchange(peers[:1], _message, [peers], is_answered=False)
        return {"broadcast": await _cost(server, exchange, bench.many(300), 1) / ONLINE * 1e6}


async def plain(bench: Bench) -> Run:
    """Measure the memory of an idle connection."""
    async with _plain(bench) as server:
        warm = [await Peer.connect(server.port, TOKENS, "/echo") for _ in range(20)]
        before = resident(server.pid)
        peers = [await Peer.connect(server.port, TOKENS, "/echo") for _ in range(CONNECTIONS)]
        used = resident(server.pid) - before
        assert len(warm) + len(peers) == CONNECTIONS + 20
        return {"plain connection": used / CONNECTIONS / 1024}


async def afternoon(bench: Bench) -> Run:
    """Measure the same job done with python-socketio and aiosqlite."""
    return {"python-socketio": await socketio(bench)}


def _plain(bench: Bench) -> PinnedServer:
    return PinnedServer(bench.folder / "plain", module="benchmarks.plain_server")


async def _cost(server: PinnedServer, exchange: Exchange, each: int, outstanding: int) -> float:
    """Return the CPU seconds for each message."""
    exchange.prepare(WARM)
    await exchange.run()
    number = exchange.prepare(each)
    with Meter(server.pid) as meter:
        await exchange.run(outstanding)
    await exchange.check()
    return meter.cpu / number


def _message(_: int, number: int) -> bytes:
    """Make a message as long as the frame of a post."""
    return masked(f'{{"text":"~{number:08}~{"x" * (2 * TEXT)}"}}'.encode())

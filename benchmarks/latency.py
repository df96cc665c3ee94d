"""Latency: how long a message takes from when it was due until its author has the answer and the other one has it.

Messages come at a steady rate, whether or not the server keeps up: what waits longer counts as longer.
"""

from __future__ import annotations

from .bench import Bench
from .direct import pairs
from .goals import Run, percentile
from .yardsticks import fdatasync

PAIRS = 50


async def latency(bench: Bench) -> Run:
    """Measure at two rates; from the median of the slow one goes what the disk alone takes at that moment."""
    async with pairs(bench, PAIRS) as (_, exchange):
        exchange.prepare(bench.many(2_000 // PAIRS))
        disk = fdatasync(bench)
        slow = await exchange.pace(200)
        exchange.prepare(bench.many(25_000 // PAIRS))
        fast = await exchange.pace(5_000)
        await exchange.check()
    return {
        "latency 200 p50": percentile(slow, 50) * 1e3 - disk,
        "latency 200 p99": percentile(slow, 99) * 1e3,
        "latency 5000 p99": percentile(fast, 99) * 1e3,
    }

"""Latency: how long a message takes from when it was due until its author has the answer and the other one has it.

Messages come at a steady rate, whether or not the server keeps up: what waits longer counts as longer. The high rate is
so much of what a core can do as 5,000 a second are where the goals were set. What the disk takes goes from the median:
an fdatasync takes longer where the disk has rested.
"""

from __future__ import annotations

from .bench import Bench
from .direct import pairs
from .goals import ECHO, REFERENCE, Run, percentile
from .yardsticks import echo, fdatasync

PAIRS = 50


async def latency(bench: Bench) -> Run:
    """Measure at two rates."""
    rate = 5_000 * REFERENCE[ECHO] / (await echo(bench))[ECHO]
    async with pairs(bench, PAIRS) as (_, exchange):
        exchange.prepare(bench.many(2_000 // PAIRS))
        disk = fdatasync(bench, rest=1 / 200)
        slow = await exchange.pace(200)
        exchange.prepare(bench.many(round(5 * rate) // PAIRS))
        fast = await exchange.pace(rate)
        await exchange.check()
    return {
        "latency 200 p50": percentile(slow, 50) * 1e3 - disk,
        "latency 200 p99": percentile(slow, 99) * 1e3,
        "latency 5000 p99": percentile(fast, 99) * 1e3,
    }

"""Measures what grows with what is stored, and with who is there: `python -m benchmarks.growth`, or `make growth`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from .__main__ import BUILD
from .axes import AXES, Axis
from .bench import Bench
from .curves import Growth, keep, table
from .filling import Filling
from .load import Fault
from .meter import LOAD_CORE, pin
from .page import tell
from .plots import draw
from .server import PinnedServer
from .yardsticks import echo

try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop  # type: ignore[assignment]

KEEPS = 500_000
"""With so many messages, a database is not noticeably another one for what a measurement adds."""


def main() -> int:
    """Measure; put what a whole axis gave into the record and the documentation, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("axis", nargs="*", choices=[[], *(axis.name for axis in AXES)], help="by default all")
    parser.add_argument("--rounds", type=int, default=5, help="how often each point is measured")
    parser.add_argument(
        "--largest", type=int, default=10**7, help="leave greater sizes out: nothing is kept of such an axis"
    )
    options = parser.parse_args()
    chosen = [
        axis for axis in AXES if (axis.name in options.axis or not options.axis) and axis.sizes[0] <= options.largest
    ]
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    pin(os.getpid(), LOAD_CORE)
    BUILD.mkdir(exist_ok=True)
    growths: list[Growth] = []
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        for axis in chosen:
            try:
                growth = runner.run(_grow(axis, options.rounds, options.largest))
            except Fault as fault:
                print(f"growth: {fault}", file=sys.stderr)
                return 1
            growths.append(growth)
            if len(growth.runs) == len(axis.sizes):
                draw(growth)
                tell(keep(growth))
    print(table(growths))
    return 0


async def _grow(axis: Axis, rounds: int, largest: int) -> Growth:
    """Measure at every size in each round: so all of them have their share of a slow moment of the machine."""
    growth = Growth(axis.name, axis.label, {size: [] for size in axis.sizes if size <= largest})
    with TemporaryDirectory(dir=BUILD) as name:
        bench = Bench(Path(name))
        for number in range(1, rounds + 1):
            for size, runs in growth.runs.items():
                begun = monotonic()
                path = await _database(bench, f"{size}", axis.filling(size))
                gc.collect()
                gc.disable()
                try:
                    yardstick = await echo(bench)
                    async with PinnedServer(path) as server:
                        runs.append({**yardstick, **await axis.work(server, size, f"round{number}")})
                finally:
                    gc.enable()
                took = monotonic() - begun
                print(f"growth: round {number} of {rounds}: {size:,} {axis.label} ({took:.0f} s)", file=sys.stderr)
    return growth


async def _database(bench: Bench, name: str, filling: Filling) -> Path:
    """Make a database; the former round's stays where that has so much that it is as good as new."""
    if filling.general + filling.messages >= KEEPS:
        return await bench.kept(name, lambda: bench.database(filling))
    return await bench.database(filling)


if __name__ == "__main__":
    sys.exit(main())

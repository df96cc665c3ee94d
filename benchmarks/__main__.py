"""Measures how fast chatcore is, against yardsticks of the same run: `python -m benchmarks`, or `make bench`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from . import report
from .bench import Bench
from .goals import Run
from .load import Fault
from .meter import LOAD_CORE, SERVER_CORE, pin
from .parts import PARTS, Part, chosen

try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop  # type: ignore[assignment]

BUILD = Path(__file__).resolve().parent.parent / "build"
"""Databases go below it: what is for temporary files may be no disk."""

BUSY = 0.5
"""A load average beyond it tells that others use the machine too."""


def main() -> int:
    """Measure; exit 1 where a server did not do its work, or a ratio is worse than its goal by more than a third."""
    meanings = "; ".join(f"{part.name}: {part.meaning}" for part in PARTS)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, epilog=f"The parts are {meanings}."
    )
    parser.add_argument("part", nargs="*", choices=[[], *(part.name for part in PARTS)], help="by default all")
    parser.add_argument("--quick", action="store_true", help="within a minute: to see a regression, not for figures")
    parser.add_argument("--runs", type=int, help="how often everything is measured")
    options = parser.parse_args()
    parts = chosen(options.part, quick=options.quick)
    if SERVER_CORE == LOAD_CORE:
        print("bench: there is one core only: server and load share it", file=sys.stderr)
    load = os.getloadavg()[0]
    if load > BUSY:
        print(f"bench: the load average is {load:.1f}: rates and latencies mean little", file=sys.stderr)
    pin(os.getpid(), LOAD_CORE)
    runs = options.runs or (1 if options.quick else 3)
    BUILD.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=BUILD) as folder, asyncio.Runner(loop_factory=new_event_loop) as runner:
        bench = Bench(Path(folder), 0.1 if options.quick else 1.0)
        try:
            measured = [runner.run(_run(parts, bench, number + 1, runs)) for number in range(runs)]
        except Fault as fault:
            print(f"bench: {fault}", file=sys.stderr)
            return 1
    is_record = not (options.part or options.quick or options.runs)
    report.write(measured, report.RECORD if is_record else BUILD / "benchmarks.json", load)
    return report.tell(measured, is_whole=len(parts) == len(PARTS), is_quick=options.quick)


async def _run(parts: Sequence[Part], bench: Bench, number: int, runs: int) -> Run:
    """Measure everything once: so the yardsticks are measured between the figures, as the machine's speed changes."""
    figures: dict[str, float] = {}
    for part in parts:
        begun = monotonic()
        gc.collect()
        gc.disable()
        try:
            figures.update(await part.work(bench))
        finally:
            gc.enable()
        print(f"bench: run {number} of {runs}: {part.name} ({monotonic() - begun:.0f} s)", file=sys.stderr, flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main())

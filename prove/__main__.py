"""Proves the promises of docs/promises.md by breaking things: `python -m prove`, or `make prove`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from time import monotonic

import attrs

from .figures import commit_now, note
from .parts import PARTS, Lane, Part


def main() -> int:
    """Run the parts, some beside others; exit 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m prove", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[[], *(part.name for part in PARTS)], help="by default all")
    parser.add_argument("--full", action="store_true", help="the long figures; they are noted in docs/promises.md")
    parser.add_argument("--seeds", type=int, help="how many seeds the simulation plays")
    parser.add_argument("--seed", type=int, default=0, help="where chance begins")
    options = parser.parse_args()
    chosen = [part for part in PARTS if part.name in options.part or not options.part]
    if options.seeds is not None:
        chosen = [attrs.evolve(p, quick=options.seeds, full=options.seeds) if p.has_seeds else p for p in chosen]
    if options.full or len(chosen) == 1:
        broken = [part.name for part in chosen if not _run(part, full=options.full, seed=options.seed)]
    else:
        broken = asyncio.run(_run_beside(chosen, options.seed))
    if len(chosen) > 1:
        print(f"prove: {len(chosen) - len(broken)} passed, {len(broken)} failed")
    return 1 if broken else 0


async def _run_beside(parts: Sequence[Part], seed: int) -> list[str]:
    """Run each part in a process of its own, in its lane; give the names of those that have failed."""

    async def go_along(lane: Lane) -> list[str]:
        return [part.name for part in parts if part.lane is lane and not await _run_apart(part, seed)]

    beside = await asyncio.gather(go_along(Lane.COMPUTES), go_along(Lane.WAITS))
    return [*beside[0], *beside[1], *await go_along(Lane.ALONE)]


async def _run_apart(part: Part, seed: int) -> bool:
    """Run a part in a process of its own, and print what it says once it has ended."""
    command = (sys.executable, "-m", "prove", part.name, "--seed", str(seed))
    more = ("--seeds", str(part.quick)) if part.has_seeds else ()
    process = await asyncio.create_subprocess_exec(*command, *more, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    print(said.decode(), end="", flush=True)
    return process.returncode == 0


def _run(part: Part, *, full: bool, seed: int) -> bool:
    """Say what a part does, do it, and say what came of it."""
    print(f"prove: {part.name}: {part.meaning}", flush=True)
    begun, commit = monotonic(), commit_now() if full else ""
    outcome = asyncio.run(part.work(part.full if full else part.quick, seed))
    for fault in outcome.faults:
        print(f"  {fault}")
    print(f"  {outcome.figure} ({monotonic() - begun:.0f} s)", flush=True)
    if full and not outcome.faults:
        note(part.name, outcome.figure, commit)
    return not outcome.faults


if __name__ == "__main__":
    sys.exit(main())

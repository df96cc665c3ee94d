"""Plays random worlds with faults on all cores: see chatcore.testing.simulator.simulation."""

from __future__ import annotations

import asyncio
import logging
import os
from concurrent.futures import ProcessPoolExecutor
from traceback import format_exc

from chatcore.testing.simulator.simulation import Simulation

from .part import Outcome


async def simulation(seeds: int, seed: int = 0, hosts: int = 1) -> Outcome:
    """Play the worlds of so many seeds, from `seed` on, with so many hosts."""
    loop, workers = asyncio.get_running_loop(), os.cpu_count() or 1
    with ProcessPoolExecutor(workers, initializer=_without_logs) as pool:
        lots = (range(seed + first, seed + seeds, workers) for first in range(workers))
        parts = await asyncio.gather(*(loop.run_in_executor(pool, play, lot, hosts) for lot in lots))
    faults = [fault for part in parts for fault in part]
    return Outcome(f"{seeds} worlds, {len(faults)} of them broken", faults)


def _without_logs() -> None:
    """Let the worlds break without a word: what is broken on purpose, again and again, is no news."""
    logging.disable()


def play(seeds: range, hosts: int = 1) -> list[str]:
    """Return the story of each world that ends badly."""
    stories = []
    for seed in seeds:
        world = Simulation(seed, hosts=hosts)
        try:
            faults = asyncio.run(world.run())
        except Exception:  # noqa: BLE001 - a mistake of the world's is told with its seed, as a fault is
            faults = [format_exc()]
        if faults:
            stories.append("\n".join([f"seed {seed}:", world.story(), *faults]))
    return stories

"""Random worlds: users with several devices, and everything that can break; one seed decides all of it."""

from __future__ import annotations

import argparse
import asyncio
import sys

from ...ports.storage import Storage
from . import breakage, people, upkeep
from .judge import faults_of, faults_of_leaving, quiet
from .ledger import Ledger
from .stage import AT_FIRST, NAMES, Stage

PAUSES = (0.0, 0.0, 0.001, 0.01, 0.1, 1.0, 4.0)

PATIENCE = 120.0
"""Seconds of real time after which a world is assumed to be going round in circles."""

ACTS = people.ACTS | upkeep.ACTS | breakage.ACTS
"""What can happen, and how often."""


class Simulation:
    """One random world from its beginning to the verdict."""

    def __init__(self, seed: int, storage: Storage | None = None, hosts: int = 1) -> None:
        self.seed: int = seed
        self._hosts = hosts
        self._stage = Stage(seed, storage, hosts)

    @property
    def ledger(self) -> Ledger:
        """What was posted, and answered."""
        return self._stage.ledger

    async def run(self, steps: int = 100) -> list[str]:
        """Play this many steps with faults, then quiet; return what is wrong at the end."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._run(steps)
        except TimeoutError:
            return [f"it did not come to an end within {PATIENCE} s of real time"]

    def story(self) -> str:
        """Return what happened, and how to see it again."""
        again = f"python -m chatcore.testing.simulator.simulation --seed {self.seed}"
        if self._hosts > 1:
            again += f" --hosts {self._hosts}"
        return "\n".join([*self._stage.transcript, f"to see it again: {again}"])

    async def _run(self, steps: int) -> list[str]:
        stage = self._stage
        async with stage.world:
            at_first = NAMES[:AT_FIRST]
            for name in (*at_first, stage.chance.choice(at_first)):
                await stage.add_device(name)
            for _ in range(steps):
                await self._step()
            await quiet(stage)
            return [*await faults_of(stage), *await faults_of_leaving(stage)]

    async def _step(self) -> None:
        stage = self._stage
        device = stage.chance.choice(stage.devices)
        acts = ACTS if stage.bus is None else ACTS | breakage.AMONG_HOSTS
        act = stage.chance.choices(list(acts), list(acts.values()))[0]
        stage.note(f"{act.__name__} {device.label}")
        await act(stage, device)
        await stage.world.settle(stage.chance.choice(PAUSES))


def main() -> None:
    """Play worlds, `--seed N` or `--seeds N`; print what went wrong and exit 1, or how many went right."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, help="this one world, with its transcript")
    parser.add_argument("--seeds", type=int, default=300, help="so many worlds")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--hosts", type=int, default=1, help="so many servers")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds) if options.seed is None else [options.seed]
    failed = 0
    for seed in seeds:
        simulation = Simulation(seed, hosts=options.hosts)
        faults = asyncio.run(simulation.run())
        if faults or options.seed is not None:
            sys.stdout.write("\n".join([f"seed {seed}:", simulation.story(), *faults, ""]))
        failed += bool(faults)
    sys.stdout.write(f"{len(seeds) - failed} passed, {failed} failed\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

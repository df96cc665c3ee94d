"""Kills a server under many clients, who all come back at once with what they wrote meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from chatcore.testing.server_process import ServerProcess

from .part import Outcome
from .share import WORKERS, Task, Verdict, shares

PEOPLE = 100
WITNESSES = 100
AWAY = 1.0
"""Seconds for which there is no server."""

BACK = 30.0
"""Seconds within which all must be back (goal: 2,000 clients on two cores)."""


async def storm(clients: int, seed: int = 0) -> Outcome:
    """Let so many clients reconnect, with the back-off that they have in earnest."""
    people = min(PEOPLE, clients // 2)
    names = [f"user{n}" for n in range(people)]
    with TemporaryDirectory() as folder:
        db = Path(folder) / "chat.db"
        async with ServerProcess(db) as server:
            tasks = [
                Task(server.url, db, names[n::WORKERS], clients // people, WITNESSES // WORKERS, BACK, seed + n)
                for n in range(WORKERS)
            ]
            async with shares(tasks) as crowd:
                await crowd.step()  # all come
                await server.kill()
                await crowd.step()  # all write
                await asyncio.sleep(AWAY)
                await server.start()
                begun = monotonic()
                await crowd.step()  # all come back
                verdicts: list[Verdict] = await crowd.step()
    faults = [fault for verdict in verdicts for fault in verdict.faults]
    took = max(verdict.back for verdict in verdicts) - begun
    return Outcome(
        f"{sum(v.clients for v in verdicts)} clients of {people} users were all back in {took:.1f} s, "
        f"{sum(v.acked for v in verdicts)} messages acked, {len(faults)} faults",
        faults,
    )

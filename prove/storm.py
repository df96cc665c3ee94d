"""Kills a server under many clients, who all come back at once with what they wrote meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from chatcore.adapters.system import SystemIds
from chatcore.testing.server_process import ServerProcess

from .crowd import Crowd, until
from .part import Outcome

PEOPLE = 100
WITNESSES = 100
AWAY = 1.0
"""Seconds for which there is no server."""

BACK = 30.0
"""Seconds within which all must be back (goal of the issue: 2,000 clients on two cores)."""


async def storm(clients: int, seed: int = 0) -> Outcome:
    """Let so many clients reconnect, with the back-off that they have in earnest."""
    with TemporaryDirectory() as folder:
        db = Path(folder) / "chat.db"
        async with ServerProcess(db) as server, Crowd(server.url, seed, ids=SystemIds()) as crowd:
            people = min(PEOPLE, clients // 2)
            await crowd.join([f"user{n}" for n in range(people)], devices=clients // people, witnesses=WITNESSES)
            await server.kill()
            for member in crowd.members:
                crowd.post_soon(member, crowd.conversation(member, to_one=0.98))
            await asyncio.sleep(AWAY)
            await server.start()
            begun = monotonic()
            try:
                await until(lambda: all(member.is_level for member in crowd.members), BACK)
                faults = list[str]()
            except TimeoutError:
                late = sum(not member.is_level for member in crowd.members)
                faults = [f"{late} clients were not back after {BACK} s"]
            took = monotonic() - begun
            faults += await crowd.faults(db)
    return Outcome(
        f"{len(crowd.members)} clients of {people} users were all back in {took:.1f} s, {crowd.acked} messages acked, "
        f"{len(faults)} faults",
        faults,
    )

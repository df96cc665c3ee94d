"""Kills the server with SIGKILL in the middle of load, again and again, while clients go on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from chatcore.testing.server_process import ServerProcess

from .crowd import Crowd
from .part import Outcome

PEOPLE = ("alice", "bob", "carol", "dave")
CYCLES_OF_ONE = 100
"""After so many kills another database is begun: the books and the logs are read whole at the end."""

QUICK = ("--grace", "0.1")


async def kill(cycles: int, seed: int = 0) -> Outcome:
    """Kill a server so many times; what was acked has to be there once, and everybody has to see the same."""
    acked, faults, posts, done = 0, list[str](), 0, 0
    while done < cycles and not faults:
        count = min(CYCLES_OF_ONE, cycles - done)
        with TemporaryDirectory() as folder:
            crowd, found = await _world(Path(folder) / "chat.db", count, seed + done)
        done, acked, posts, faults = done + count, acked + crowd.acked, posts + len(crowd.ledger.entries), found
    lost = sum("was acked as" in fault for fault in faults)
    doubled = sum("times" in fault or "twice" in fault for fault in faults)
    return Outcome(f"{done} kills, {posts} messages, {acked} acked, {lost} lost, {doubled} doubled", faults)


async def _world(db: Path, cycles: int, seed: int) -> tuple[Crowd, list[str]]:
    async with ServerProcess(db, *QUICK) as server, Crowd(server.url, seed) as crowd:
        await crowd.join(PEOPLE[:3])
        await crowd.join(PEOPLE[3:], devices=2)
        crowd.chat()
        for _ in range(cycles):
            await asyncio.sleep(crowd.chance.random() * 0.4)
            await server.restart()
        return crowd, await crowd.faults(db)

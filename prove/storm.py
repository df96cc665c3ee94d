"""Kills a server under many clients, who all come back at once with what they wrote meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import attrs

from chatcore.adapters.system import SystemIds
from chatcore.testing.server_process import ServerProcess

from .crowd import Crowd, until
from .part import Outcome
from .share import WORKERS, shares

PEOPLE = 100
WITNESSES = 100
AWAY = 1.0
"""Seconds for which there is no server."""

BACK = 30.0
"""Seconds within which all must be back (goal: 2,000 clients on two cores)."""


@attrs.frozen
class _Share:
    """What one process has of the clients."""

    url: str
    db: Path
    names: Sequence[str]
    devices: int
    seed: int


@attrs.frozen
class _Verdict:
    """What came of one share."""

    clients: int
    back: float
    "When the last client was back, in the seconds of the machine's monotonic clock."
    acked: int
    faults: Sequence[str]


async def storm(clients: int, seed: int = 0) -> Outcome:
    """Let so many clients reconnect, with the back-off that they have in earnest."""
    people = min(PEOPLE, clients // 2)
    names = [f"user{n}" for n in range(people)]
    with TemporaryDirectory() as folder:
        db = Path(folder) / "chat.db"
        async with ServerProcess(db) as server:
            tasks = [_Share(server.url, db, names[n::WORKERS], clients // people, seed + n) for n in range(WORKERS)]
            async with shares(_suffer, tasks) as crowd:
                await crowd.step()  # all come
                await server.kill()
                await crowd.step()  # all write
                await asyncio.sleep(AWAY)
                await server.start()
                begun = monotonic()
                await crowd.step()  # all come back
                verdicts: list[_Verdict] = await crowd.step()
    faults = [fault for verdict in verdicts for fault in verdict.faults]
    took = max(verdict.back for verdict in verdicts) - begun
    return Outcome(
        f"{sum(v.clients for v in verdicts)} clients of {people} users were all back in {took:.1f} s, "
        f"{sum(v.acked for v in verdicts)} messages acked, {len(faults)} faults",
        faults,
    )


async def _suffer(share: _Share) -> AsyncIterator[_Verdict | None]:
    """Come; write while there is no server; come back; be judged."""
    async with Crowd(share.url, share.seed, ids=SystemIds(), is_alone=False) as crowd:
        await crowd.join(share.names, devices=share.devices, witnesses=WITNESSES // WORKERS)
        yield None
        for member in crowd.members:
            crowd.post_soon(member, crowd.conversation(member, to_one=0.98))
        yield None
        late = await _late(crowd)
        back = monotonic()
        yield None
        yield _Verdict(len(crowd.members), back, crowd.acked, [*late, *await crowd.faults(share.db)])


async def _late(crowd: Crowd) -> list[str]:
    """Wait until all are back; tell how many are not."""
    try:
        await until(lambda: all(member.is_level for member in crowd.members), BACK)
    except TimeoutError:
        late = sum(not member.is_level for member in crowd.members)
        return [f"{late} clients were not back after {BACK} s"]
    return []

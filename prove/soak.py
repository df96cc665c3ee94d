"""A long load: people who write, connections that break and come back, others that read nothing; and what it costs."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import linear_regression, quantiles
from tempfile import TemporaryDirectory
from time import monotonic

import attrs

from chatcore.adapters.websocket import ClientLink, WebSocketDialer
from chatcore.domain.ids import Token
from chatcore.errors import Unreachable
from chatcore.ports.transport import OutFrame
from chatcore.testing.server_process import ServerProcess
from chatcore.wire import frames as f
from chatcore.wire.codec import client_frames

from .crowd import Crowd
from .part import Outcome
from .share import shares
from .stopwatch import Task, Times, Waits, time_answers

WITNESSES = 50
TO_ONE = 0.95
"""The share of messages that go to one person, not to everybody."""

LENGTH = 500
CHURN = 0.01
"""The share of connections that break each second."""

STALL = 60.0
"""Seconds after which a reader that has stalled comes back to stall again."""

ENOUGH = 0.9
"""The share of the messages that must have been written, or nothing was measured."""

MAX_GROWTH = 32 * 1024 * 1024
"""Bytes by which the server may grow after the warm-up: SQLite's caches of pages have 24 MiB, and fill as it writes."""


@attrs.frozen
class Load:
    """How much, how long."""

    clients: int
    rate: int
    "Messages a second."
    stalled: int
    seconds: float
    edge: float
    "Seconds at the beginning and at the end whose p99 are compared."
    max_rise: float
    "How many times the p99 at the beginning that at the end may be, besides what the machine became slower by."


@attrs.define
class _Meter:
    """The server's memory over time."""

    pid: int
    samples: list[tuple[float, int]] = attrs.field(factory=list)
    "When, and the resident bytes."

    def take(self) -> None:
        """Look once."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        self.samples.append((monotonic(), pages * 4096))


async def soak(load: Load, seed: int = 0) -> Outcome:
    """Put the load on a server. After the warm-up it may grow by its caches alone, and answers may not slow down."""
    with TemporaryDirectory() as folder:
        db = Path(folder) / "chat.db"
        async with (
            ServerProcess(db) as server,
            Crowd(server.url, seed, is_alone=False) as crowd,
            shares(time_answers, [Task(server.url, db, load.seconds)]) as stopwatch,
        ):
            people = load.clients // 5
            await crowd.join([f"user{n}" for n in range(people)], devices=5, witnesses=WITNESSES)
            await stopwatch.step()  # it comes
            meter = _Meter(server.pid)
            begun = monotonic()
            async with asyncio.TaskGroup() as group:
                timing = group.create_task(stopwatch.step())
                tasks = [group.create_task(_stall(crowd)) for _ in range(load.stalled)]
                tasks.append(group.create_task(_churn(crowd)))
                await _write(crowd, load, meter)
                [times] = await timing
                for task in tasks:
                    task.cancel()
            faults = await crowd.faults(db)
            [more] = await stopwatch.step()
    return judge(load, crowd.acked, meter.samples, times, begun, [*faults, *more])


async def _write(crowd: Crowd, load: Load, meter: _Meter) -> None:
    begun, number = monotonic(), 0
    while (now := monotonic()) < begun + load.seconds:
        if number % load.rate == 0:
            meter.take()
            gc.freeze()  # to look through all that the crowd has written down would pause it, each time for longer
        due = begun + number / load.rate
        if now < due:
            await asyncio.sleep(due - now)
        member = crowd.chance.choice(crowd.members)
        crowd.post_soon(member, crowd.conversation(member, TO_ONE), LENGTH)
        number += 1


async def _churn(crowd: Crowd) -> None:
    while True:
        await asyncio.sleep(1 / (CHURN * len(crowd.members)))
        crowd.chance.choice(crowd.members).cut()


async def _stall(crowd: Crowd) -> None:
    """Log in and read nothing more."""
    while True:
        with suppress(Unreachable):
            link = await WebSocketDialer().dial(crowd.url)
            try:
                token = crowd.chance.choice(crowd.members).client.token
                _enter(link, token or Token(""))
                await asyncio.sleep(STALL)
            finally:
                link.abort()


def _enter(link: ClientLink, token: Token) -> None:
    encode = client_frames().encode
    link.write([OutFrame(encode(f.Hello((f.VERSION,), "stalled"))), OutFrame(encode(f.Resume(1, token, None)))])


def judge(
    load: Load,
    acked: int,
    samples: Sequence[tuple[float, int]],
    times: Times,
    begun: float,
    faults: Sequence[str] = (),
) -> Outcome:
    """Say what a load came to: how many were acked, the server's memory over time, and the answers that were timed."""
    steady = [sample for sample in samples if sample[0] >= begun + load.seconds / 4]
    slope = linear_regression(*zip(*steady, strict=True)).slope * 3600 / 2**20
    growth = steady[-1][1] - steady[0][1]
    first, last = _ends(times.answers, begun, load)
    first_sync, last_sync = _ends(times.syncs, begun, load)
    found = list(faults)
    if acked < load.rate * load.seconds * ENOUGH:
        found.append(f"the machine was too busy for the load: {acked} messages")
    if growth > MAX_GROWTH:
        found.append(f"the server grew by {growth} bytes after the warm-up")
    if last > first * load.max_rise * max(1, last_sync / first_sync):
        found.append("the server answered more slowly at the end than at the beginning")
    return Outcome(
        f"{load.clients} clients, {load.rate} messages a second for {load.seconds:.0f} s, {acked} acked; memory "
        f"{steady[-1][1] / 2**20:.0f} MiB, {slope:+.1f} MiB an hour after the warm-up; p99 of an answer {first:.1f} ms "
        f"in the first {load.edge:.0f} s, {last:.1f} ms in the last, of a synced write {first_sync:.1f} and "
        f"{last_sync:.1f} ms; {len(found)} faults",
        found,
    )


def _ends(waits: Waits, begun: float, load: Load) -> tuple[float, float]:
    """Return the p99 at the beginning and at the end, in milliseconds."""
    first = [seconds for at, seconds in waits if at < begun + load.edge]
    last = [seconds for at, seconds in waits if at > begun + load.seconds - load.edge]
    return quantiles(first, n=100)[98] * 1000, quantiles(last, n=100)[98] * 1000

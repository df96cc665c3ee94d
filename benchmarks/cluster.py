"""Several servers over one PostgreSQL: what a message costs, and how long it takes to another server.

All of it, PostgreSQL too, runs on the core of the server: that is fair to costs, which are CPU time. How much three
servers carry together on a core each cannot be seen on a machine of two.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import attrs

from chatcore.testing import postgres_process
from chatcore.testing.postgres_process import Cluster

from .bench import Bench
from .chat import conversation, log_in_all, post
from .direct import WARM, pairs
from .filling import Filling, Person, neighbours
from .goals import Run, percentile
from .load import Exchange, Fault
from .meter import SERVER_CORE, Meter, cpu, pin
from .peer import Peer
from .server import PinnedServer
from .websocket import masked

NODES = 3
PAIRS, OUTSTANDING = 50, 4
RATE = 200
"""Messages a second where it is asked how long one takes."""

REST = 10.0
"""Seconds for which idle servers are watched."""

STORED = 1_000_000
AWAY_MS = 5
"""Milliseconds after which a standby confirms."""

SETTINGS = {"shared_buffers": "128MB", "max_connections": "100", "max_wal_size": "4GB"}
"""Beyond PostgreSQL's own: it flushes at each commit, as our file does."""


DISK = Path("/var/tmp")  # noqa: S108 - a folder of its own is made there
"""Where PostgreSQL's files go: it runs as another user, who may not look into our folders."""


class Database:
    """A PostgreSQL on the server's core, and databases in it."""

    def __init__(self, bench: Bench, cluster: Cluster) -> None:
        self.bench, self.cluster = bench, cluster
        self._made = 0
        self.pid = int((cluster.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        pin(self.pid, SERVER_CORE)

    def commits(self) -> int:
        """Return how many transactions have been committed."""
        return int(self.cluster.run("select sum(xact_commit) from pg_stat_database"))

    @contextmanager
    def snapshot(self, address: str) -> Iterator[None]:
        """Hold a snapshot open, as a copy of a large database does for an hour."""
        program = subprocess.Popen(
            [self.cluster.programs / "psql", "-qAtX", "-d", address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert program.stdin is not None
        assert program.stdout is not None
        try:
            program.stdin.write("begin isolation level repeatable read; select count(*) from message;\n")
            program.stdin.flush()
            program.stdout.readline()
            yield
        finally:
            program.stdin.close()
            program.wait()

    @asynccontextmanager
    async def standby(self) -> AsyncIterator[None]:
        """Have every commit wait for a second PostgreSQL, which confirms late."""
        with postgres_process.standby(self.cluster, {"recovery_min_apply_delay": f"{AWAY_MS}ms"}):
            self.cluster.run(
                "alter system set synchronous_standby_names = '*'",
                "alter system set synchronous_commit = remote_apply",
                "select pg_reload_conf()",
            )
            try:
                yield
            finally:
                self.cluster.run(
                    "alter system reset synchronous_standby_names",
                    "alter system reset synchronous_commit",
                    "select pg_reload_conf()",
                )

    async def filled(self, filling: Filling) -> str:
        """Make a database; give its address."""
        self._made += 1
        name = f"chat{self._made}"
        self.cluster.make(name)
        address = self.cluster.address(name)
        file = await self.bench.database(filling)
        async with PinnedServer(file):
            pass  # it writes down how the names look, which the filling has not
        command = (sys.executable, "-m", "chatcore_server", "copy", "--from", str(file), "--to", address)
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        if await process.wait() != 0:
            msg = f"the database could not be copied: {' '.join(command)}"
            raise Fault(msg)
        self.cluster.run("vacuum analyze", "checkpoint", database=name)
        return address


@contextmanager
def _postgres(bench: Bench) -> Iterator[Database]:
    with postgres_process.running(SETTINGS, within=DISK) as cluster:
        yield Database(bench, cluster)


@asynccontextmanager
async def _nodes(bench: Bench, address: str, count: int) -> AsyncIterator[list[PinnedServer]]:
    async with AsyncExitStack() as block:
        yield [await block.enter_async_context(PinnedServer(bench.file(), "--db", address)) for _ in range(count)]


async def _scattered(nodes: Sequence[PinnedServer], count: int, step: int, series: str) -> Exchange:
    """Let pairs log in, each reader so many servers away from the writer, and warm them up."""
    people = [Person(number) for number in range(1, 2 * count + 1)]
    to = [conversation(a.number, b.number) for a, b in zip(people[::2], people[1::2], strict=True)]
    peers: list[Peer] = []
    for place, person in enumerate(people):
        node = nodes[(place // 2 + place % 2 * step) % len(nodes)]
        peers += await log_in_all(node.port, [person])
    exchange = Exchange(
        peers[::2], lambda sender, number: masked(post(to[sender], number, series)), [[peer] for peer in peers[1::2]]
    )
    exchange.prepare(WARM)
    await exchange.run()
    return exchange


@attrs.frozen
class _Cost:
    """What one message took."""

    servers: float
    "CPU microseconds, of all servers together."
    engine: float
    "The same of PostgreSQL."
    rate: float
    "Messages a second."
    commits: float
    "Transactions of PostgreSQL a second."


async def _cost(
    database: Database, nodes: Sequence[PinnedServer], series: str, number: int, outstanding: int = OUTSTANDING
) -> _Cost:
    """Measure direct messages between people who are on different servers, where there are several."""
    exchange = await _scattered(nodes, PAIRS, 1, series)
    count = exchange.prepare(max(1, number // PAIRS))
    before = [cpu(node.pid) for node in nodes]
    commits = database.commits()
    with Meter(database.pid) as meter:
        await exchange.run(outstanding)
    used = sum(cpu(node.pid) for node in nodes) - sum(before)
    commits = database.commits() - commits
    await exchange.check()
    each = 1e6 / count
    return _Cost(used * each, meter.cpu * each, count / meter.wall, commits / meter.wall)


async def _latency(nodes: Sequence[PinnedServer], count: int, step: int) -> list[float]:
    """Measure the milliseconds until a message is answered and heard, at a rate that tires nobody."""
    exchange = await _scattered(nodes, PAIRS, step, f"latency{step}")
    exchange.prepare(max(1, count // PAIRS))
    took = await exchange.pace(RATE)
    await exchange.check()
    return [seconds * 1e3 for seconds in took]


async def _rest(nodes: Sequence[PinnedServer]) -> float:
    """Measure the CPU microseconds a second of a server at which nobody is."""
    await asyncio.sleep(REST / 2)
    before = sum(cpu(node.pid) for node in nodes)
    await asyncio.sleep(REST)
    return (sum(cpu(node.pid) for node in nodes) - before) / len(nodes) / REST * 1e6


async def cluster(bench: Bench) -> Run:
    """Measure one server and three, over PostgreSQL."""
    number = bench.many(20_000)
    with _postgres(bench) as database:
        few = await database.filled(Filling(2 * PAIRS))
        return {
            "on SQLite": await _on_sqlite(bench, number),
            **await _one(database, few, number),
            **await _three(database, few, number),
            **await _among_many(database, bench.many(STORED), number),
            **await _with_standby(database, number // 4),
        }


async def _on_sqlite(bench: Bench, number: int) -> float:
    async with pairs(bench, PAIRS) as (server, exchange):
        count = exchange.prepare(max(1, number // PAIRS))
        with Meter(server.pid) as meter:
            await exchange.run(OUTSTANDING)
        await exchange.check()
    return meter.cpu / count * 1e6


async def _one(database: Database, address: str, number: int) -> Run:
    async with _nodes(database.bench, address, 1) as nodes:
        cost = await _cost(database, nodes, "one", number)
    return {"on PostgreSQL": cost.servers, "PostgreSQL itself": cost.engine, "on PostgreSQL rate": cost.rate}


async def _three(database: Database, address: str, number: int) -> Run:
    async with _nodes(database.bench, address, NODES) as nodes:
        cost = await _cost(database, nodes, "three", number)
        local, remote = [await _latency(nodes, number // 10, step) for step in (0, 1)]
        single = await _cost(database, nodes, "single", number // 4, 1)
        with database.snapshot(address):
            beside = await _cost(database, nodes, "snapshot", number)
        looking = await _rest(nodes)
    return {
        "three servers": cost.servers,
        "three servers rate": cost.rate,
        **{f"remote p{percent}": percentile(remote, percent) - percentile(local, percent) for percent in (50, 99)},
        "commits": single.commits,
        "without a snapshot": 1e6 / cost.rate,
        "beside a snapshot": 1e6 / beside.rate,
        "looking": looking,
    }


async def _among_many(database: Database, stored: int, number: int) -> Run:
    """Measure one server again where much is stored."""
    large = Filling(1_000, stored // 5, neighbours(1_000, 8), stored // 5 * 4)
    async with _nodes(database.bench, await database.filled(large), 1) as nodes:
        looking = await _rest(nodes)
        cost = await _cost(database, nodes, "many", number)
    return {"among many": cost.servers, "looking among many": looking}


async def _with_standby(database: Database, number: int) -> Run:
    """Measure where each commit waits for a standby that confirms after some milliseconds."""
    few = await database.filled(Filling(2 * PAIRS))
    async with database.standby(), _nodes(database.bench, few, NODES) as nodes:
        return {"standby rate": (await _cost(database, nodes, "standby", number)).rate}

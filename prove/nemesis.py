"""What is done to several servers, their database and their wires while people write: each fault a row of a table."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from random import Random
from typing import Any

from chatcore.testing.nats_process import NatsServer

from .nodes import DATABASE, Node, Nodes
from .travellers import Travellers

_OURS = f"from pg_stat_activity where datname = '{DATABASE}' and application_name = 'chatcore'"
_IN_TRANSACTION = f"select pg_terminate_backend(pid) {_OURS} and xact_start is not null and backend_xid is not null"
_BUS = f"select pg_terminate_backend(pid) {_OURS} and (query ilike '%pg_notify%' or query ilike 'listen%')"


class Nemesis:
    """Does one thing after the other, and some at once: never two at one time to one server."""

    def __init__(self, nodes: Nodes, crowd: Travellers, seed: int, pause: float, longest: float) -> None:
        """`pause` is how many seconds pass from the beginning of a fault to the next, `longest` how long one lasts."""
        self._nodes, self._crowd, self._pause, self._longest = nodes, crowd, pause, longest
        self._chance = Random(seed)
        self._busy: set[object] = set()
        self.done: Counter[str] = Counter()
        self.ended = 0
        "How many transactions were ended before their commit, as far as they had written something."

    async def run(self, faults: int) -> None:
        """Do so many of them, each kind about as often as any other; return when all are over."""
        kinds: list[str] = []
        rows = {**FAULTS, **(OF_A_DATABASE_BUS if self._nodes.nats is None else OF_NATS)}
        async with asyncio.TaskGroup() as group:
            begun = 0
            while begun < faults:
                if not kinds:
                    kinds = list(rows)
                    self._chance.shuffle(kinds)
                kind = kinds.pop()
                if self._begin(group, kind, rows[kind]):
                    begun += 1
                    await asyncio.sleep(self._pause)
                else:
                    await asyncio.sleep(0.1)

    def _begin(self, group: asyncio.TaskGroup, kind: str, fault: Fault) -> bool:
        node = self._chance.choice(self._nodes.all)
        target: object = self._nodes.nats if kind in OF_NATS else node if kind in OF_A_SERVER else self._nodes
        if target in self._busy:
            return False
        self._busy.add(target)
        self.done[kind] += 1
        task = group.create_task(fault(self, node))
        task.add_done_callback(lambda _: self._busy.discard(target))
        return True

    async def _a_while(self) -> None:
        await asyncio.sleep(self._longest * self._chance.uniform(0.2, 1.0))

    # ---- to one server

    async def _kill(self, node: Node) -> None:
        await node.kill()
        await asyncio.sleep(self._chance.random())
        await node.start()

    async def _freeze(self, node: Node) -> None:
        node.server.send(signal.SIGSTOP)
        try:
            await self._a_while()
        finally:
            node.server.send(signal.SIGCONT)

    async def _cut_from_database(self, node: Node) -> None:
        node.to_database.cut()
        await self._a_while()
        node.to_database.mend()

    async def _hold_database(self, node: Node) -> None:
        node.to_database.hold()
        await self._a_while()
        node.to_database.mend()

    async def _slow_database(self, node: Node) -> None:
        node.to_database.delay = self._chance.choice((0.005, 0.05, 0.2))
        await self._a_while()
        node.to_database.mend()

    async def _cut_from_clients(self, node: Node) -> None:
        node.to_clients.cut()
        await self._a_while()
        node.to_clients.mend()

    async def _hold_clients(self, node: Node) -> None:
        node.to_clients.hold()
        await self._a_while()
        node.to_clients.mend()

    # ---- to what they share

    async def _restart_database(self, _: Node) -> None:
        how = self._chance.choice(("immediate", "fast"))
        await asyncio.to_thread(self._nodes.cluster.control, "stop", "-m", how)
        await asyncio.sleep(self._chance.random())
        await asyncio.to_thread(self._nodes.cluster.control, "start")

    async def _end_transactions(self, _: Node) -> None:
        for _time in range(20):
            self.ended += (await asyncio.to_thread(self._nodes.cluster.run, _IN_TRANSACTION)).count("t")
            await asyncio.sleep(0.02)

    async def _silence_bus(self, _: Node) -> None:
        deadline = asyncio.get_running_loop().time() + self._longest
        while asyncio.get_running_loop().time() < deadline:
            await asyncio.to_thread(self._nodes.cluster.run, _BUS)

    async def _restart_nats(self, _: Node) -> None:
        nats = self._nats
        await asyncio.to_thread(nats.stop)
        await self._a_while()
        await asyncio.to_thread(nats.start)

    async def _freeze_nats(self, _: Node) -> None:
        self._nats.send(signal.SIGSTOP)
        try:
            await self._a_while()
        finally:
            self._nats.send(signal.SIGCONT)

    async def _cut_from_nats(self, node: Node) -> None:
        assert node.to_bus is not None
        node.to_bus.cut()
        await self._a_while()
        node.to_bus.mend()

    @property
    def _nats(self) -> NatsServer:
        assert self._nodes.nats is not None
        return self._nodes.nats

    async def _move_people(self, _: Node) -> None:
        for member in self._crowd.members:
            if self._chance.random() < 0.5:
                member.cut()


Fault = Callable[[Nemesis, Node], Coroutine[Any, Any, None]]

OF_A_SERVER: Mapping[str, Fault] = {
    "killed": Nemesis._kill,
    "frozen": Nemesis._freeze,
    "cut from the database": Nemesis._cut_from_database,
    "held from the database": Nemesis._hold_database,
    "slow to the database": Nemesis._slow_database,
    "cut from its clients": Nemesis._cut_from_clients,
    "held from its clients": Nemesis._hold_clients,
}
OF_A_DATABASE_BUS: Mapping[str, Fault] = {"bus silenced": Nemesis._silence_bus}
OF_NATS: Mapping[str, Fault] = {
    "NATS restarted": Nemesis._restart_nats,
    "NATS frozen": Nemesis._freeze_nats,
    "cut from NATS": Nemesis._cut_from_nats,
}
FAULTS: Mapping[str, Fault] = {
    **OF_A_SERVER,
    "database restarted": Nemesis._restart_database,
    "transactions ended": Nemesis._end_transactions,
    "half of the people moved": Nemesis._move_people,
}

"""Several real servers on one real PostgreSQL, and a NATS, with wires between all of them that can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import asyncpg

from chatcore.testing.nats_process import NatsServer
from chatcore.testing.postgres_process import Cluster
from chatcore.testing.server_process import ServerProcess

from .wires import Wire

DATABASE = "chat"


class Node:
    """One server, and the wires to its clients, to its database and to the bus."""

    server: ServerProcess

    def __init__(self, number: int, cluster: Cluster, folder: Path, nats: NatsServer | None) -> None:
        self.number = number
        self.to_bus = None if nats is None else Wire(0, nats.port)
        "None where the servers ring each other through the database."
        home = folder / str(number)
        home.mkdir(mode=0o755)
        self.to_database = Wire(home / ".s.PGSQL.5432", cluster.folder / ".s.PGSQL.5432")
        self._home = home
        self.to_clients = Wire(0, 0)
        self.is_wanted = False
        "Whether it is to run."
        self._runs = False
        self.ends: list[str] = []
        "With what it has ended by itself."

    async def open(self, stack: AsyncExitStack) -> None:
        """Lay the wires, and start it; all of it ends with the stack."""
        address = f"postgresql://chat@/{DATABASE}?host={quote(str(self._home), safe='')}"
        options = ["--db", address]
        if self.to_bus is not None:
            await stack.enter_async_context(self.to_bus)
            options += ["--bus", f"nats://127.0.0.1:{self.to_bus.port}"]
        await stack.enter_async_context(self.to_database)
        await stack.enter_async_context(self.to_clients)
        # Where operators find it is a folder of its user's, and not of whoever proves.
        self.server = ServerProcess(self._home / "chat", *options, environment={"XDG_DATA_HOME": str(self._home)})
        stack.push_async_callback(self.kill)
        await self.start()

    async def start(self) -> None:
        """Start it; try again where it cannot, as a supervisor does."""
        self.is_wanted = True
        while self.is_wanted:
            with suppress(RuntimeError):  # its database is away just now
                await self.server.start()
                self.to_clients.there = self.server.port
                self._runs = True
                return
            await asyncio.sleep(0.5)

    async def kill(self) -> None:
        """End it with SIGKILL."""
        self.is_wanted = self._runs = False
        await self.server.kill()

    async def watch(self) -> None:
        """Write down when it ends by itself, and start it again."""
        while True:
            await asyncio.sleep(0.1)
            if self._runs and self.server.has_ended:
                self._runs = False
                self.ends.append(f"server {self.number} has ended by itself: {self.server.log[-300:]}")
                await self.start()


class Nodes:
    """Use as `async with`: then so many servers run on a database of the cluster.

    They ring each other through a NATS, where there is one.
    """

    def __init__(self, cluster: Cluster, count: int, nats: NatsServer | None = None) -> None:
        self.cluster, self.nats = cluster, nats
        self._folder = Path(mkdtemp(prefix="chatcore-nodes-"))
        self.all: Sequence[Node] = [Node(number, cluster, self._folder, nats) for number in range(count)]
        self.address: str = cluster.address(DATABASE)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._stack.callback(rmtree, self._folder)
        try:
            await asyncio.to_thread(self.cluster.make, DATABASE)
            for node in self.all:
                await node.open(self._stack)
            for node in self.all:
                self._background(node)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def urls(self) -> Sequence[str]:
        """Where clients connect, each by the wire to its server."""
        return [node.to_clients.url for node in self.all]

    @property
    def faults(self) -> list[str]:
        """The servers that have ended by themselves."""
        return [end for node in self.all for end in node.ends]

    def _background(self, node: Node) -> None:
        task = asyncio.get_running_loop().create_task(node.watch())

        async def end() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        self._stack.push_async_callback(end)


class Snapshot:
    """A transaction that stays open, as that of a long dump: use as `async with`. Opened again where it breaks."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._task: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            connection: Any = None
            try:
                connection = await asyncpg.connect(self._address)
                await connection.execute("begin isolation level repeatable read; select count(*) from message")
                while not connection.is_closed():
                    await asyncio.sleep(0.1)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.1)
            finally:
                if connection is not None:
                    connection.terminate()

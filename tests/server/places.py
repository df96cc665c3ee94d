"""Where the servers of a test keep their chat: in a file, or in PostgreSQL, one server of them or three."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from chatcore.testing.server_process import ServerProcess
from tests.postgres import Cluster


class Place(Enum):
    """One of them."""

    FILE = "file"
    POSTGRES = "postgres"
    NODES = "nodes"


NODES = 3


class Nodes(ServerProcess):
    """Servers on one database, which are started and killed together; clients spread over them."""

    def __init__(self, db: Path, *options: str) -> None:
        super().__init__(db, *options)
        self._others = [ServerProcess(db.with_name(f"{number}-{db.name}"), *options) for number in range(1, NODES)]

    @property
    def urls(self) -> list[str]:
        """Where clients connect."""
        return [self.url, *(other.url for other in self._others)]

    async def start(self) -> None:
        """Start all."""
        await super().start()
        await asyncio.gather(*(other.start() for other in self._others))

    def send(self, number: signal.Signals) -> None:
        """Send all of them a signal."""
        super().send(number)
        for other in self._others:
            other.send(number)

    async def wait(self) -> int:
        """Wait for the end of all; give the exit status of the first that has not ended well."""
        statuses = [await super().wait(), *[await other.wait() for other in self._others]]
        return next((status for status in statuses if status), 0)


@contextmanager
def kept(place: Place, folder: Path, cluster: Cluster | None, template: str, name: str) -> Iterator[ServerProcess]:
    """Return the server, or the servers, of a new chat; not started yet. `name` is that of its database."""
    db = folder / "chat.db"
    if cluster is None:
        yield ServerProcess(db)
        return
    cluster.make(name, template)
    try:
        yield (Nodes if place is Place.NODES else ServerProcess)(db, "--db", cluster.address(name))
    finally:
        cluster.drop(name)

"""Kills the server at named places of its work, each in turn, while clients go on, and while it makes its file."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.domain.conversations import GENERAL
from chatcore.errors import ChatError
from chatcore.testing.contracts.storage_base import ALICE, BOB, enrol, send
from chatcore.testing.server_process import ServerProcess

from .crowd import Crowd
from .kill import PEOPLE, QUICK
from .part import Outcome, in_memory
from .shim import dying

PATIENCE = 30.0
"""Seconds within which a server must have come to the place at which it dies."""


@attrs.frozen
class FaultPoint:
    """A place in the server's work, named by the system call it is at (see shim.c)."""

    name: str
    event: str
    soonest: int = 1
    latest: int = 1
    is_at_stop: bool = False
    "Whether it is come to when the server is told to stop."


POINTS = (
    FaultPoint("before a transaction's first write", "first:wal", 1, 30),
    FaultPoint("in the middle of an insert", "more:wal", 1, 99),
    FaultPoint("before the commit is synced", "sync:wal", 1, 30),
    FaultPoint("after the commit, before anybody is told", "synced:wal", 1, 30),
    FaultPoint("before an answer is sent", 'send:"type":"posted"', 1, 30),
    FaultPoint("after an answer was sent", 'sent:"type":"posted"', 1, 30),
    FaultPoint("before a message is told to others", 'send:"type":"message"', 1, 30),
    FaultPoint("in the middle of telling it to others", 'sent:"type":"message"', 1, 30),
    FaultPoint("before a checkpoint", "first:db"),
    FaultPoint("in the middle of a checkpoint", "wrote:db", 2, 9),
    FaultPoint("before a checkpoint is synced", "sync:db"),
    FaultPoint("after a checkpoint was synced", "synced:db"),
    FaultPoint("before the checkpoint at the end", "first:db", is_at_stop=True),
    FaultPoint("after the checkpoint at the end", "synced:db", is_at_stop=True),
    FaultPoint("before the write-ahead log is removed", "unlink:wal", is_at_stop=True),
    FaultPoint("after the write-ahead log was removed", "unlinked:wal", is_at_stop=True),
)

MIGRATING = ("write:db", "synced:db", "write:journal", "synced:journal", "unlink:journal", "write:wal", "synced:wal")
"""What is done when a file is made: at each of these calls a server dies."""


async def faultpoints(rounds: int, seed: int = 0) -> Outcome:
    """Die at every point so many times."""
    faults = list[str]()
    for number in range(rounds):
        with TemporaryDirectory(dir=in_memory()) as folder:
            faults += await _world(Path(folder) / "chat.db", seed + number)
    with TemporaryDirectory(dir=in_memory()) as folder:
        places, found = await migrating(Path(folder))
    return Outcome(
        f"{len(POINTS)} points, {rounds} time(s) each, and {places} places while the file is made: "
        f"{len(faults) + len(found)} faults",
        [*faults, *found],
    )


async def _world(db: Path, seed: int) -> list[str]:
    async with ServerProcess(db, *QUICK) as server, Crowd(server.url, seed) as crowd:
        await crowd.join(PEOPLE)
        crowd.chat()
        faults = list[str]()
        await server.terminate()
        for point in POINTS:
            at = crowd.chance.randint(point.soonest, point.latest)
            if not await _dies(db, server.url, point, at):
                faults.append(f"{point.name}: the server did not come there within {PATIENCE} s")
        await server.start()
        return faults + await crowd.faults(db)


async def _dies(db: Path, url: str, point: FaultPoint, at: int) -> bool:
    """Return whether a server has died at the point."""
    server = ServerProcess(db, *QUICK, environment=dying(db, point.event, at))
    server.url = url
    try:
        with suppress(RuntimeError):  # it may die before it listens
            await server.start()
        if point.is_at_stop:
            await asyncio.sleep(0.3)
            server.send(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            return await server.wait() == -signal.SIGKILL
    except TimeoutError:
        return False
    finally:
        await server.kill()


async def migrating(folder: Path) -> tuple[int, list[str]]:
    """Die at each system call that makes a new file; give at how many, and what was wrong with what was left."""
    faults, places = list[str](), 0
    for event in MIGRATING:
        at = 1
        while await _dies_at_start(folder / f"{places}.db", event, at):
            faults += [f"{event}, the {at}.: {fault}" for fault in await _faults_of_new(folder / f"{places}.db")]
            at, places = at + 1, places + 1
    return places, faults


async def _dies_at_start(db: Path, event: str, at: int) -> bool:
    server = ServerProcess(db, environment=dying(db, event, at))
    try:
        await server.start()
    except RuntimeError:
        return True
    finally:
        await server.kill()
    for old in db.parent.glob(f"{db.name}*"):
        old.unlink()
    return False


async def _faults_of_new(db: Path) -> list[str]:
    """A file that was half made has to be made to its end by the next one who opens it."""
    try:
        async with SqliteStorage(db, readers=1) as storage:
            await enrol(storage, ALICE, BOB)
            await send(storage, ALICE, GENERAL, "hello")
            users = await storage.users(0, 9)
    except ChatError as error:
        return [error.message]
    return [] if len(users) == 2 else [f"the users are {users}"]

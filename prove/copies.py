"""Older copies of the database put in place without a word, while people write: see chatcore.domain.generations."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import attrs

from chatcore.domain.messages import Message
from chatcore.ports.transport import Link, OutFrame
from chatcore.testing.server_process import ServerProcess

from .crowd import Crowd, RememberingDialer, copied, truth_of
from .kill import PEOPLE, QUICK
from .part import Outcome

MOST = 50
"""What one client may ask in a second, beside posts and marks, when everything begins anew under load. (Without the
rules of which history it is, one asks thousands of times.)"""

_NO_QUESTION = (b'{"type":"post"', b'{"type":"mark"')


@attrs.frozen
class CountedLink:
    """A link that notes when something is asked over it."""

    link: Link
    asked: list[float]

    @property
    def address(self) -> str:
        """See Link."""
        return self.link.address

    async def receive(self) -> bytes:
        """See Link."""
        return await self.link.receive()

    def write(self, frames: Sequence[OutFrame]) -> None:
        """See Link."""
        self.asked.extend(monotonic() for frame in frames if not frame.data.startswith(_NO_QUESTION))
        self.link.write(frames)

    def backlog(self) -> int:
        """See Link."""
        return self.link.backlog()

    async def close(self, reason: str = "", *, restarting: bool = False) -> None:
        """See Link."""
        await self.link.close(reason, restarting=restarting)

    def abort(self) -> None:
        """See Link."""
        self.link.abort()


class CountingDialer(RememberingDialer):
    """Opens WebSockets, and notes when something is asked over any of them."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[float] = []

    async def dial(self, url: str) -> Link:
        """Open a link."""
        return CountedLink(await super().dial(url), self.asked)


async def copies(cycles: int, seed: int = 0) -> Outcome:
    """Put an older copy in place so many times; everybody has to see what the server has, and to ask little."""
    with TemporaryDirectory() as folder:
        db, older = Path(folder) / "chat.db", Path(folder) / "older.db"
        async with ServerProcess(db, *QUICK) as server, Crowd(server.url, seed, dialer=CountingDialer) as crowd:
            await crowd.join(PEOPLE[:3])
            await crowd.join(PEOPLE[3:], devices=2)
            crowd.chat()
            for cycle in range(cycles):
                await _copy(server, db, older, is_quiet=cycle % 2 == 0)
                await asyncio.sleep(crowd.chance.random())
                await _put_in_place(crowd, server, db, older, is_clean=cycle % 3 == 0)
                await asyncio.sleep(crowd.chance.random())
            faults = await crowd.faults(db)
            most = max(_busiest_second(d.asked) for m in crowd.members if isinstance(d := m.dialer, CountingDialer))
    if most > MOST:
        faults.append(f"one client asked {most} times within a second")
    lost = len(crowd.gone)
    return Outcome(
        f"{cycles} older copies, {len(crowd.ledger.entries)} messages, {lost} of them gone with a copy; "
        f"no client asked more than {most} times within a second",
        faults,
    )


async def _copy(server: ServerProcess, db: Path, older: Path, *, is_quiet: bool) -> None:
    """Copy the database: its file, while nobody has it open, or with SQLite beside the server."""
    if is_quiet:
        await server.terminate()
        shutil.copyfile(db, older)
        await server.start()
    else:
        await asyncio.to_thread(copied, db, older)


async def _put_in_place(crowd: Crowd, server: ServerProcess, db: Path, older: Path, *, is_clean: bool) -> None:
    """End the server and put the copy where its database was, as `cp` does; note what is gone with that."""
    await (server.terminate() if is_clean else server.kill())
    crowd.gone |= await _messages(db) - await _messages(older)
    for suffix in ("-wal", "-shm"):
        db.with_name(db.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(older, db)
    for member in crowd.members:
        if member.witness is not None:
            member.witness.may_begin_anew = True
    await server.start()


async def _messages(db: Path) -> set[Message]:
    async with truth_of(db) as truth:
        return {message for log in truth.logs.values() for message in log}


def _busiest_second(times: Sequence[float]) -> int:
    """Return how many of the times, which rise, lie within one second at most."""
    first = most = 0
    for at, time in enumerate(times):
        while times[first] < time - 1.0:
            first += 1
        most = max(most, at - first + 1)
    return most

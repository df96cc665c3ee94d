"""Two hosts of one chat: one log, a bus between them, and a network to each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import attrs

from chatcore import User, UserId
from chatcore.adapters.local_bus import LocalBus
from chatcore.adapters.memory import MemoryStorage
from chatcore.adapters.memory_attendance import MemoryAttendance
from chatcore.domain.users import NewUser, UserChange
from chatcore.host.host import Host, HostSettings
from chatcore.ports.attendance import Attendance
from chatcore.ports.commits import Change, Commit, CommitListener, Outcome
from chatcore.service.hooks import Hooks
from chatcore.testing import ChatWorld
from chatcore.testing.fakes import QuickHasher, SeededIds
from chatcore.testing.memory_network import MemoryNetwork


class Beside:
    """One more storage object over what a storage in memory keeps: it tells what was committed through itself."""

    def __init__(self, kept: MemoryStorage) -> None:
        self._kept = kept
        self._listeners: list[CommitListener] = []
        self._is_writing = False  # no method of the storage in memory waits, so there is one at a time
        kept.listen(self._committed)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the storage has
        return getattr(self._kept, name)

    def listen(self, listener: CommitListener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def append(self, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        self._is_writing = True
        try:
            return await self._kept.append(changes, now_ms)
        finally:
            self._is_writing = False

    async def add_user(self, new: NewUser, now_ms: int) -> User:
        self._is_writing = True
        try:
            return await self._kept.add_user(new, now_ms)
        finally:
            self._is_writing = False

    async def change_user(self, user: UserId, change: UserChange, now_ms: int) -> User:
        self._is_writing = True
        try:
            return await self._kept.change_user(user, change, now_ms)
        finally:
            self._is_writing = False

    async def set_password(self, user: UserId, password_hash: str, spare: str = "") -> Sequence[str]:
        return await self._kept.set_password(user, password_hash, spare)

    def _committed(self, commit: Commit) -> None:
        if self._is_writing:
            for listener in tuple(self._listeners):
                listener(commit)


@attrs.define
class Second:
    """The second host, to be dialled as the world is."""

    network: MemoryNetwork
    settle: Callable[..., Any]
    host: Host


@asynccontextmanager
async def two_hosts(
    bus: LocalBus | None = None,
    settings: HostSettings | None = None,
    attend: Callable[[MemoryAttendance], Attendance] | None = None,
) -> AsyncIterator[tuple[ChatWorld, Second]]:
    """Start two hosts; the first is the world's own. With `attend` each writes down that it lives."""
    kept = MemoryStorage()
    world = ChatWorld(storage=Beside(kept), settings=settings, latency=0)
    world.bus = bus or world.bus
    attendance = MemoryAttendance(world.clock)
    world.attendance = attend and attend(attendance)
    async with world, second_host(world, Beside(kept), settings, attend and attend(attendance)) as second:
        await world.settle()
        yield world, second


@asynccontextmanager
async def second_host(
    world: ChatWorld,
    storage: Beside,
    settings: HostSettings | None = None,
    attendance: Attendance | None = None,
    seed: int = 2,
    hooks: Hooks | None = None,
) -> AsyncIterator[Second]:
    """Start another host beside the world's."""
    network = MemoryNetwork(world.clock)
    async with Host(
        storage=storage,
        bus=world.bus,
        attendance=attendance,
        hooks=hooks,
        settings=settings,
        clock=world.clock,
        ids=SeededIds(seed),
        hasher=QuickHasher(),
    ) as host:
        network.listen(host.serve)
        yield Second(network, world.settle, host)
        await network.close()

"""Two hosts of one chat: one log, a bus between them, and a network to each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import attrs

from chatcore.adapters.local_bus import LocalBus
from chatcore.adapters.memory import MemoryStorage
from chatcore.adapters.memory_attendance import MemoryAttendance
from chatcore.host.host import Host
from chatcore.host.settings import HostSettings
from chatcore.ports.attendance import Attendance
from chatcore.service.hooks import Hooks
from chatcore.testing import ChatWorld
from chatcore.testing.beside import Beside
from chatcore.testing.fakes import QuickHasher, SeededIds
from chatcore.testing.memory_network import MemoryNetwork


@attrs.define
class Second:
    """The second host, to be dialled as the world is."""

    network: MemoryNetwork
    settle: Callable[..., Any]
    host: Host
    storage: Beside


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
        yield Second(network, world.settle, host, storage)
        await network.close()

"""What can break in a random world, and what is done to it behind its back."""
# ruff: noqa: ARG001 - acts are told of a device: these concern all of them

from __future__ import annotations

from ..slow_storage import Break
from .stage import Act, Device, Stage


async def cut(stage: Stage, device: Device) -> None:
    """The connection breaks."""
    stage.world.cut(device.client)


async def half_open(stage: Stage, device: Device) -> None:
    """The connection breaks, and the server does not notice."""
    stage.world.vanish(device.client)


async def stall(stage: Stage, device: Device) -> None:
    """One end reads nothing any more, or goes on reading."""
    link = stage.world.link(device.client)
    if link is not None:
        end = stage.chance.choice([link, link.peer])
        end.is_stalled = not end.is_stalled
        end.wake()


async def kill(stage: Stage, device: Device) -> None:
    """A server is killed and started again."""
    seat = stage.seat()
    await seat.kill()
    await stage.world.settle(stage.chance.random() * 3)
    await seat.start()


async def copy(stage: Stage, device: Device) -> None:
    """Somebody copies the database."""
    stage.copies.make()


async def put_back(stage: Stage, device: Device) -> None:
    """The server is killed, the older copy put in place without a word, and the server started again."""
    if not stage.copies.has_one:
        return
    await stage.world.kill()
    await stage.copies.put_back(stage.ledger)
    stage.expelled = dict.fromkeys(stage.expelled, frozenset())  # the copy may know of their sessions
    # Who registered since then is gone.
    known = await stage.users()
    stage.devices = [device for device in stage.devices if device.user in known]
    for one in stage.devices:
        one.witness.may_begin_anew = True
    await stage.world.settle(stage.chance.random() * 3)
    await stage.world.start()


async def disk_full(stage: Stage, device: Device) -> None:
    """The disk is full, or has room again."""
    is_so = not stage.world.storage.is_full
    for storage in stage.storages:
        storage.is_full = is_so


async def lock(stage: Stage, device: Device) -> None:
    """Another program locks the database, or lets go."""
    is_so = not stage.world.storage.is_locked
    for storage in stage.storages:
        storage.is_locked = is_so


async def damage(stage: Stage, device: Device) -> None:
    """Nothing can be read, or everything again."""
    is_so = not stage.world.storage.is_damaged
    for storage in stage.storages:
        storage.is_damaged = is_so


async def storage_breaks(stage: Stage, device: Device) -> None:
    """The next write of a server fails, and with it the server."""
    stage.seat().storage.breaks = stage.chance.choice(list(Break))


async def clock_steps(stage: Stage, device: Device) -> None:
    """Somebody sets the clock, now and then by up to a year, unless a refusal is kept that counts for a day."""
    days = 1 if stage.editor else 300_000
    stage.world.clock.step(stage.chance.randint(-100_000, 100_000) * stage.chance.choice((1, 1, days)))


ACTS: dict[Act, float] = {
    cut: 8,
    half_open: 3,
    stall: 8,
    kill: 0.7,
    copy: 2.5,
    put_back: 1,
    disk_full: 1.5,
    storage_breaks: 0.5,
    lock: 1,
    damage: 1,
    clock_steps: 1,
}
"""What breaks, and how often."""


async def bus_dies(stage: Stage, device: Device) -> None:
    """The hosts hear nothing more from each other, or something again."""
    if stage.bus is not None:
        stage.bus.is_dead = not stage.bus.is_dead


AMONG_HOSTS: dict[Act, float] = {bus_dies: 1.5, kill: 3}
"""What breaks where there are several hosts, and how often: a server is killed more often then."""

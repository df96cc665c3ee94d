"""What whoever runs the chat does in a random world: renames people, keeps them out, lets them in, ends sessions."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from ...domain.ids import UserId
from ...domain.users import User
from ...errors import StorageError, TemporaryError
from ...service import account_changes
from ...service.accounts import digest
from ...service.context import Context
from .stage import Act, Device, Stage

Change = Callable[[Context, UserId], Coroutine[object, object, User]]


async def rename(stage: Stage, device: Device) -> None:
    """Somebody's account gets another name, or one that somebody had before."""
    name = f"name{stage.chance.randint(1, 20)}"
    _change(stage, device, lambda ctx, user: account_changes.rename(ctx, user, name))


async def show_as(stage: Stage, device: Device) -> None:
    """Somebody gets a display name that others may have, too."""
    name = stage.chance.choice(("Ann", "Аnn", "Łukasz", ""))
    _change(stage, device, lambda ctx, user: account_changes.set_display_name(ctx, user, name))


async def disable(stage: Stage, device: Device) -> None:
    """Somebody is kept out."""
    stage.kept_out.add(device.user)
    _change(stage, device, lambda ctx, user: account_changes.disable(ctx, user, "why not"))


async def ban(stage: Stage, device: Device) -> None:
    """Somebody is banned: for a while, or until they are let in."""
    stage.kept_out.add(device.user)
    lasts_ms = stage.chance.choice((None, stage.chance.randint(1, 30_000)))

    def banned(ctx: Context, user: UserId) -> Coroutine[object, object, User]:
        until_ms = None if lasts_ms is None else ctx.watched_clock.trusted_ms() + lasts_ms
        return account_changes.ban(ctx, user, "too loud", until_ms)

    _change(stage, device, banned)


async def enable(stage: Stage, device: Device) -> None:
    """Somebody is let in again."""
    _change(stage, device, account_changes.enable)


async def erase(stage: Stage, device: Device) -> None:
    """Somebody is erased, if enough others are left."""
    if len({one.user for one in stage.devices}) > len(stage.erased) + 2:
        stage.erased.add(device.user)
        _change(stage, device, account_changes.erase)


async def expel(stage: Stage, device: Device) -> None:
    """A session is ended for good, if its user has another one."""
    has_another = any(other.user == device.user for other in stage.devices if other is not device)
    token = device.client.token
    seat = stage.seat()
    if not has_another or token is None or seat.host is None:
        return
    try:
        session = (await seat.storage.led(digest(token))).session
        await seat.storage.end_session(session)
    except (StorageError, TemporaryError):
        return
    if seat.host is not None:
        seat.host.end_session(session)
    stage.expelled[device] = stage.editor.thinking() if stage.editor else frozenset()
    stage.devices.remove(device)


def _change(stage: Stage, device: Device, change: Change) -> None:
    """Have it done by a server, where it runs; whether it is refused or lost is seen in what is stored."""
    host = stage.seat().host
    if host is not None:
        stage.spawn(change(host.ctx, device.user))


ACTS: dict[Act, float] = {rename: 2, show_as: 2, disable: 0.6, ban: 0.8, enable: 2, erase: 0.3, expel: 1.5}
"""What is done, and how often."""

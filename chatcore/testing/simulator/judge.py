"""What has to be right at the end of a random world, when all is quiet."""

from __future__ import annotations

from collections.abc import Iterator

from ...client.items import ItemState
from ...domain.conversations import GENERAL, Conversation
from ...domain.messages import Message
from ...domain.presence import GRACE
from ..world import DETECTION
from .history import Truth
from .ledger import Fate
from .people import come_back
from .stage import Device, Stage

QUIET = 70.0
"""Seconds without faults after which all is to be right: finding out about a dead connection, one back-off, and 5 s."""


async def quiet(stage: Stage) -> None:
    """Let everything work again, and wait until all is to be right."""
    stage.note("quiet")
    stage.heal()
    stage.world.storage.breaks = None
    for pair in stage.world.network.links:
        for end in pair:
            end.is_stalled = False
            end.wake()
    await stage.world.settle(QUIET)
    for device in stage.devices:
        if not device.is_in:
            device.witness.forget()
            await come_back(stage, device)
    await stage.world.settle(5)


async def faults_of(stage: Stage) -> list[str]:
    """Return what is wrong when all is quiet."""
    truth = Truth(stage.world.storage)
    await truth.read()
    faults = [
        *truth.faults_of_logs(),
        *await truth.faults_of_counts(),
        *stage.ledger.faults(truth.logs, stage.copies.gone),
        *_faults_of_repeats(stage),
        *_lost(stage, truth),
    ]
    inside = [device for device in stage.devices if not truth.is_out(device.user)]
    faults += [f"{device.label} is not let in" for device in inside if not device.is_in]
    faults += [f"{device.label} is let in" for device in stage.devices if device not in inside and device.is_in]
    active = {device.user for device in inside}
    for device in inside:
        faults += await truth.faults_of(device.client, device.witness, active)
        faults += await _faults_of_history(stage, device, truth)
    return faults


def _faults_of_repeats(stage: Stage) -> Iterator[str]:
    """Two devices that wrote the same under one client id were answered with one message."""
    for entry, other in stage.repeated:
        if entry.message not in (None, other) and stage.copies.gone.isdisjoint((entry.message, other)):
            yield f"{entry.text} is {entry.message} and {other}"


def _lost(stage: Stage, truth: Truth) -> Iterator[str]:
    """What was written and not answered is stored, unless its client logged out or what it needs is gone."""
    if any("log_out" in line or "disable" in line or "erase" in line for line in stage.transcript):
        return
    stored = {message.text for log in truth.logs.values() for message in log}
    for entry in stage.ledger.entries:
        is_gone = (entry.sender, entry.client_id) in stage.copies.lost
        needed = {entry.sender, *Conversation.of(entry.conversation).members.users}
        if entry.fate is Fate.UNKNOWN and not is_gone and needed <= truth.users.keys() and entry.text not in stored:
            yield f"{entry.text} was lost"


async def _faults_of_history(stage: Stage, device: Device, truth: Truth) -> list[str]:
    """Pages of three have every message once, and what was written before somebody joined is not unread to them."""
    client, faults = device.client, []
    for conversation, log in truth.of(client.me.id).items():
        pages: list[Message] = []
        while page := await client.history(conversation, before=pages[0].seq if pages else None, limit=3):
            pages[:0] = page
        if pages != list(log):
            faults.append(f"{device.label}: {conversation} is read as {pages}")
    unread = [item.seq for item in client.replica.timeline(GENERAL) if item.state is ItemState.UNREAD]
    history = stage.joined[client.me.id]
    return [*faults, *(f"{device.label}: {seq} is history and unread" for seq in unread if seq and seq <= history)]


async def faults_of_leaving(stage: Stage) -> list[str]:
    """Let all but one user go, each device in one of three ways; give who is shown wrongly then."""
    inside = [device for device in stage.devices if device.is_in]
    stays = stage.chance.choice(inside)
    others = [device for device in inside if device.user != stays.user]
    for device in others:
        how = stage.chance.choice([stage.world.cut, stage.world.vanish, None])
        stage.note(f"leave {device.label} {how.__name__ if how else 'log_out'}")
        stage.world.network.listen(None)  # nobody comes back
        if how is None:
            await device.client.log_out()
        else:
            how(device.client)
    await stage.world.settle(DETECTION + GRACE + 1)
    rows = [row for row in stays.client.replica.rows if row.user and row.active]
    return [f"{stays.label}: {row.name} has left and is shown as active" for row in rows]

"""What has to be right at the end of a random world, when all is quiet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...client.items import ItemState
from ...domain.conversations import GENERAL, Conversation
from ...domain.ids import UserId
from ...domain.messages import Message
from ...domain.presence import GRACE
from ...errors import Refused
from ..world import DETECTION
from .history import Truth
from .ledger import Fate
from .people import come_back
from .stage import Device, Stage

QUIET = 70.0
"""Seconds without faults after which all is to be right: finding out about a dead connection, one back-off, and 5 s."""

JUDGING = 300.0
"""Seconds in which it is judged, at most: bans that end meanwhile are waited for."""

ELSEWHERE = 10.0
"""Seconds after which it is seen at every host who has come or gone at another one, though the bus is dead."""

THINKING = 60.0
"""Seconds in which an application that takes its time has answered all posts of a device, one after the other."""


async def quiet(stage: Stage) -> None:
    """Let everything work again, and wait until all is to be right."""
    stage.note("quiet")
    stage.heal()
    for storage in stage.storages:
        storage.breaks = None
    for pair in (pair for seat in stage.world.seats for pair in seat.network.links):
        for end in pair:
            end.is_stalled = False
            end.wake()
    await stage.world.settle(QUIET)
    if await _bans_over(stage, JUDGING * 1_000):  # who is to be in, while they end?
        await stage.world.settle(JUDGING + QUIET)
    stage.lingering = [device.label for device in stage.expelled if device.is_in]
    for device in stage.expelled:
        await device.client.__aexit__(None, None, None)
    for device in stage.devices:
        if not device.is_in:
            device.witness.forget()
            await come_back(stage, device)
    await stage.world.settle(5 if stage.editor is None else THINKING)


async def faults_of(stage: Stage) -> list[str]:
    """Return what is wrong when all is quiet."""
    truth = Truth(stage.world.storage)
    await truth.read()
    faults = [
        *truth.faults_of_logs(),
        *await truth.faults_of_counts(),
        *_faults_of_ledger(stage, truth),
        *_faults_of_repeats(stage),
        *_faults_of_expelled(stage, truth),
        *(stage.editor.faults(stage.kept_out) if stage.editor else ()),
        *_lost(stage, truth),
        *await _faults_of_bans(stage),
    ]
    faults += [f"{label} is in, though its session has ended" for label in stage.lingering]
    faults += [f"a former token of {name} came back, though nobody had copied it" for name in stage.reused]
    inside = [device for device in stage.devices if not truth.is_out(device.user)]
    faults += [f"{device.label} is not let in" for device in inside if not device.is_in]
    faults += [f"{device.label} is let in" for device in stage.devices if device not in inside and device.is_in]
    active = {device.user for device in inside}
    for device in inside:
        faults += await truth.faults_of(device.client, device.witness, active)
        faults += await _faults_of_history(stage, device, truth)
    return faults


def _faults_of_ledger(stage: Stage, truth: Truth) -> list[str]:
    """Everything is stored as it was answered, and in the words that the application gave, if there is one."""
    copies = stage.copies
    if stage.editor is None:
        return stage.ledger.faults(truth.logs, copies.gone)
    return stage.ledger.faults(truth.logs, copies.gone, copies.forgotten, stage.editor.answers)


def _faults_of_repeats(stage: Stage) -> Iterator[str]:
    """Two devices that wrote the same under one client id were answered with one message, or with one refusal."""
    for entry, other in stage.repeated:
        if entry.fate is Fate.UNKNOWN or entry in stage.copies.earlier:
            continue  # one of the two may have been answered by the server that is no more
        answer = entry.message if entry.error is None else entry.error.message
        if answer != (other.message if isinstance(other, Refused) else other):
            yield f"{entry.text} is answered with {answer} and {other}"


def _faults_of_expelled(stage: Stage, truth: Truth) -> Iterator[str]:
    """Nothing is stored of which the application was still thinking when the session of its only device ended."""
    stored = {(message.sender, message.client_id) for log in truth.logs.values() for message in log}
    thinking = {device.label: texts for device, texts in stage.expelled.items()}
    for entry in stage.ledger.entries:
        if entry.text in thinking.get(entry.client, ()) and (entry.sender, entry.client_id) in stored:
            yield f"{entry.text} is stored, though the session of {entry.client} had ended"


async def _faults_of_bans(stage: Stage) -> list[str]:
    """Nobody is kept out by a ban that is over."""
    return [f"{user} is banned still" for user in await _bans_over(stage)]


async def _bans_over(stage: Stage, within_ms: float = 0) -> Sequence[UserId]:
    now_ms = stage.world.host.ctx.watched_clock.trusted_ms()
    return await stage.world.storage.bans_over(now_ms + int(within_ms), 10)


def _lost(stage: Stage, truth: Truth) -> Iterator[str]:
    """What was written and not answered is stored, unless its client has left, it was refused or its need is gone."""
    if any(act in line for line in stage.transcript for act in ("log_out", "disable", "ban ", "erase")):
        return
    stored = {(message.sender, message.client_id) for log in truth.logs.values() for message in log}
    expelled = {device.label for device in stage.expelled}
    for entry in stage.ledger.entries:
        if not expelled.isdisjoint(entry.devices) or (stage.editor and stage.editor.has_refused(entry.text)):
            continue
        key = entry.sender, entry.client_id
        needed = {entry.sender, *Conversation.of(entry.conversation).members.users}
        is_possible = key not in stage.copies.lost and needed <= truth.users.keys()
        if entry.fate is Fate.UNKNOWN and is_possible and key not in stored:
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
    if not inside:  # all are kept out
        return []
    stays = stage.chance.choice(inside)
    others = [device for device in inside if device.user != stays.user]
    for device in others:
        how = stage.chance.choice([stage.world.cut, stage.world.vanish, None])
        stage.note(f"leave {device.label} {how.__name__ if how else 'log_out'}")
        for seat in stage.world.seats:
            seat.network.listen(None)  # nobody comes back
        if how is None:
            await device.client.log_out()
        else:
            how(device.client)
    await stage.world.settle(DETECTION + GRACE + (1 if stage.bus is None else ELSEWHERE))
    rows = [row for row in stays.client.replica.rows if row.user and row.active]
    return [f"{stays.label}: {row.name} has left and is shown as active" for row in rows]

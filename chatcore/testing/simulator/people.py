"""What people do in a random world."""

from __future__ import annotations

from contextlib import suppress

from ...client.connection_state import ConnectionPhase
from ...domain.ids import ConversationId
from ...domain.messages import Message
from ...errors import ChatError, Closed, LoggedOut, Refused, RuleError
from ..world import PASSWORD
from .ledger import Entry
from .stage import DEVICES, Act, Device, Stage


async def post(stage: Stage, device: Device) -> None:
    """Write a message; sometimes one that cannot be stored, sometimes on two devices under one client id."""
    conversation = stage.conversation(device)
    if stage.chance.random() < 0.03:
        conversation = ConversationId("d.0000000000000000.ffffffffffffffff")
    text = f"message {next(stage.texts)}"
    if device.client.replica.me is not None:
        twin = _twin(stage, device) if stage.chance.random() < 0.1 else None
        stage.spawn(_post(stage, device, conversation, text, twin))


def _twin(stage: Stage, device: Device) -> Device | None:
    """Choose another device of the same user."""
    me = device.client.me
    others = [one for one in stage.devices if one is not device and one.client.replica.me == me]
    return stage.chance.choice(others) if others else None


async def _post(stage: Stage, device: Device, conversation: ConversationId, text: str, twin: Device | None) -> None:
    try:
        client_id = device.client.post_soon(conversation, text)
    except LoggedOut:
        return
    # With two, it is stored when the faster one's turn comes: out of the order of either.
    label = f"{device.label} and {twin.label}, {text}" if twin else device.label
    entry = stage.ledger.wrote(label, device.client.me.id, conversation, client_id, text)
    if twin is not None:
        stage.spawn(_repeat(stage, twin, entry))
    try:
        stage.ledger.acked(entry, await device.client.post(conversation, text, client_id=client_id))
    except (Closed, LoggedOut):
        pass
    except RuleError as error:
        stage.ledger.refused(entry, error)


async def _repeat(stage: Stage, device: Device, entry: Entry) -> None:
    """Write what another device has written."""
    stage.note(f"the same on {device.label}")
    try:
        answer: Message | Refused = await device.client.post(entry.conversation, entry.text, client_id=entry.client_id)
    except Refused as refused:
        answer = refused
    stage.repeated.append((entry, answer))


async def open_other(stage: Stage, device: Device) -> None:
    """Look at another conversation."""
    device.client.opened(stage.conversation(device))
    device.client.window_active(stage.chance.random() < 0.7)


async def look(stage: Stage, device: Device) -> None:
    """Scroll: other messages become visible."""
    conversation = device.client.opened_conversation
    if conversation is not None:
        seqs = [item.seq for item in device.client.replica.timeline(conversation) if item.seq]
        device.client.visible(conversation, stage.chance.sample(seqs, stage.chance.randint(0, len(seqs))))


async def older(stage: Stage, device: Device) -> None:
    """Scroll back."""
    conversation = device.client.opened_conversation
    if conversation is not None and device.client.connection.phase is ConnectionPhase.ONLINE:
        stage.spawn(device.client.load_older(conversation, 3))


async def mark(stage: Stage, device: Device) -> None:
    """Mark a single message as read."""
    conversation = stage.conversation(device)
    seq = device.client.replica.tally(conversation).seq
    if seq and device.client.replica.me is not None:
        stage.spawn(device.client.mark_read(conversation, stage.chance.randint(1, seq)))


async def join(stage: Stage, device: Device) -> None:  # noqa: ARG001 - an act
    """Somebody registers."""
    name = next(stage.newcomers, None)
    if name is not None:
        stage.heal()
        await stage.add_device(name)


async def another_device(stage: Stage, device: Device) -> None:
    """A user logs in once more, if they are let in."""
    user = (await stage.users())[device.user]
    if len(stage.devices) < DEVICES and not user.disabled:
        stage.heal()
        with suppress(RuleError):  # just now they were renamed, or kept out
            await stage.add_device(user.name)


async def log_out(stage: Stage, device: Device) -> None:
    """A user logs out on one device, and in again later."""
    if device.client.connection.phase is ConnectionPhase.ONLINE:
        stage.spawn(_out_and_in(stage, device))


async def _out_and_in(stage: Stage, device: Device) -> None:
    await device.client.log_out()
    device.witness.forget()
    await stage.world.clock.sleep(stage.chance.random() * 5)
    await come_back(stage, device)


async def come_back(stage: Stage, device: Device) -> None:
    """Log in again, under the name that the account has by now."""
    user = (await stage.users()).get(device.user)
    if user is not None and not user.disabled:
        with suppress(ChatError, RuntimeError):
            await device.client.log_in(user.name, PASSWORD)


ACTS: dict[Act, float] = {
    post: 40,
    open_other: 10,
    look: 15,
    older: 3,
    mark: 8,
    join: 1,
    another_device: 3,
    log_out: 1.5,
}
"""What people do, and how often."""

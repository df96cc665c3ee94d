"""Random worlds: users with several devices, and everything that can break; one seed decides all of it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from itertools import count
from random import Random

import attrs

from ...client.client import ChatClient
from ...client.connection_state import ConnectionPhase
from ...client.items import ItemState
from ...domain.conversations import GENERAL, Conversation, standing
from ...domain.ids import ConversationId, UserId
from ...domain.messages import Message
from ...domain.presence import GRACE
from ...errors import ChatError, Closed, LoggedOut, RuleError
from ...host.host import HostSettings
from ...ports.storage import Storage
from ..slow_storage import Break
from ..world import DETECTION, PASSWORD, ChatWorld
from .copies import Copies
from .history import Truth, Witness
from .ledger import Entry, Fate, Ledger

NAMES = ("alice", "bob", "carol", "dave", "erin")
DEVICES = 9
PAUSES = (0.0, 0.0, 0.001, 0.01, 0.1, 1.0, 4.0)
QUIET = 70.0
"""Seconds without faults after which all is to be right: finding out about a dead connection, one back-off, and 5 s."""

PATIENCE = 20.0
"""Seconds of real time after which a world is assumed to be going round in circles."""

Act = Callable[["Simulation", "Device"], Awaitable[None]]


@attrs.define(eq=False)
class Device:
    """One client of one user."""

    label: str
    client: ChatClient
    witness: Witness

    @property
    def name(self) -> str:
        """The user's."""
        return self.label.rstrip("0123456789")


class Simulation:
    """One random world from its beginning to the verdict."""

    def __init__(self, seed: int, storage: Storage | None = None) -> None:
        self.seed = seed
        self.chance = Random(seed)
        self.world = ChatWorld(
            seed=seed,
            storage=storage,
            settings=HostSettings(max_backlog=6_000, newest=1),
            latency=self.chance.choice([0.0, 0.05, 0.3]),
            delay=self.chance.choice([0.0, 0.02, 0.3]),
        )
        self.devices: list[Device] = []
        self.ledger = Ledger()
        self.copies = Copies(self.world.storage)
        self.transcript: list[str] = []
        self._newcomers = iter(NAMES[3:])
        self._numbers = count()
        self._tasks: list[asyncio.Future[None]] = []
        self._repeated: list[tuple[Entry, Message]] = []
        "What the second device was answered, where two have written the same."
        self._texts = 0
        self._joined: dict[UserId, int] = {}
        "Up to where the general chat is history for each user, at least."

    async def run(self, steps: int = 100) -> list[str]:
        """Play this many steps with faults, then quiet; return what is wrong at the end."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._run(steps)
        except TimeoutError:
            return [f"it did not come to an end within {PATIENCE} s of real time"]

    async def _run(self, steps: int) -> list[str]:
        async with self.world:
            for name in (*NAMES[:3], self.chance.choice(NAMES[:3])):
                await self._add_device(name)
            for _ in range(steps):
                await self._step()
            await self._quiet()
            return [*await self._faults(), *await self._leave()]

    # ---- steps

    async def _step(self) -> None:
        device = self.chance.choice(self.devices)
        act = self.chance.choices(list(ACTS), list(ACTS.values()))[0]
        self.note(f"{act.__name__} {device.label}")
        await act(self, device)
        await self.world.settle(self.chance.choice(PAUSES))

    def note(self, text: str) -> None:
        """Write a line of the transcript."""
        self.transcript.append(f"{self.world.clock.monotonic():9.3f}  {text}")

    def story(self) -> str:
        """Return what happened, and how to see it again."""
        again = f"python -m chatcore.testing.simulator.simulation --seed {self.seed}"
        return "\n".join([*self.transcript, f"to see it again: {again}"])

    async def _add_device(self, name: str) -> None:
        witness = Witness()
        before = (await self.world.storage.overview(UserId(""), 0)).general.seq
        client = await self.world.log_in(name, witness)
        self._joined.setdefault(client.me.id, before)
        self.devices.append(Device(f"{name}{next(self._numbers)}", client, witness))

    def _conversation(self, device: Device) -> ConversationId:
        me = device.client.replica.me
        if me is None:
            return GENERAL
        return self.chance.choice(standing(me.id, [user.id for user in device.client.replica.users]))

    def spawn(self, coroutine: Coroutine[object, object, object]) -> None:
        """Let something run on; what it is refused is of no interest."""

        async def quietly() -> None:
            with suppress(ChatError):
                await coroutine

        self._tasks.append(asyncio.ensure_future(quietly()))

    async def post(self, device: Device) -> None:
        """Write a message; sometimes one that cannot be stored, sometimes on two devices under one client id."""
        conversation = self._conversation(device)
        if self.chance.random() < 0.03:
            conversation = ConversationId("d.0000000000000000.ffffffffffffffff")
        self._texts += 1
        if device.client.replica.me is not None:
            twin = self._twin(device) if self.chance.random() < 0.1 else None
            self.spawn(self._post(device, conversation, f"message {self._texts}", twin))

    def _twin(self, device: Device) -> Device | None:
        """Choose another device of the same user."""
        me = device.client.me
        others = [one for one in self.devices if one is not device and one.client.replica.me == me]
        return self.chance.choice(others) if others else None

    async def _post(self, device: Device, conversation: ConversationId, text: str, twin: Device | None) -> None:
        try:
            client_id = device.client.post_soon(conversation, text)
        except LoggedOut:
            return
        # With two, it is stored when the faster one's turn comes: out of the order of either.
        label = f"{device.label} and {twin.label}, {text}" if twin else device.label
        entry = self.ledger.wrote(label, device.client.me.id, conversation, client_id, text)
        if twin is not None:
            self.spawn(self._repeat(twin, entry))
        try:
            self.ledger.acked(entry, await device.client.post(conversation, text, client_id=client_id))
        except (Closed, LoggedOut):
            pass
        except RuleError:
            self.ledger.refused(entry)

    async def _repeat(self, device: Device, entry: Entry) -> None:
        """Write what another device has written."""
        self.note(f"the same on {device.label}")
        self._repeated.append(
            (entry, await device.client.post(entry.conversation, entry.text, client_id=entry.client_id))
        )

    async def open(self, device: Device) -> None:
        """Look at another conversation."""
        device.client.opened(self._conversation(device))
        device.client.window_active(self.chance.random() < 0.7)

    async def look(self, device: Device) -> None:
        """Scroll: other messages become visible."""
        conversation = self._opened(device)
        if conversation is not None:
            seqs = [item.seq for item in device.client.replica.timeline(conversation) if item.seq]
            device.client.visible(conversation, self.chance.sample(seqs, self.chance.randint(0, len(seqs))))

    async def older(self, device: Device) -> None:
        """Scroll back."""
        conversation = self._opened(device)
        if conversation is not None and device.client.connection.phase is ConnectionPhase.ONLINE:
            self.spawn(device.client.load_older(conversation, 3))

    async def mark(self, device: Device) -> None:
        """Mark a single message as read."""
        conversation = self._conversation(device)
        seq = device.client.replica.tally(conversation).seq
        if seq and device.client.replica.me is not None:
            self.spawn(device.client.mark_read(conversation, self.chance.randint(1, seq)))

    async def join(self, device: Device) -> None:  # noqa: ARG002 - an act
        """Somebody registers."""
        name = next(self._newcomers, None)
        if name is not None:
            self._heal()
            await self._add_device(name)

    async def another_device(self, device: Device) -> None:
        """A user logs in once more."""
        if len(self.devices) < DEVICES and device.client.replica.me is not None:
            self._heal()
            await self._add_device(device.client.me.name)

    async def log_out(self, device: Device) -> None:
        """A user logs out on one device, and in again later."""
        if device.client.connection.phase is ConnectionPhase.ONLINE:
            self.spawn(self._out_and_in(device))

    async def _out_and_in(self, device: Device) -> None:
        name = device.client.me.name
        await device.client.log_out()
        device.witness.forget()
        await self.world.clock.sleep(self.chance.random() * 5)
        with suppress(ChatError, RuntimeError):
            await device.client.log_in(name, PASSWORD)

    # ---- faults

    async def cut(self, device: Device) -> None:
        """The connection breaks."""
        self.world.cut(device.client)

    async def half_open(self, device: Device) -> None:
        """The connection breaks, and the server does not notice."""
        self.world.vanish(device.client)

    async def stall(self, device: Device) -> None:
        """One end reads nothing any more, or goes on reading."""
        link = self.world.link(device.client)
        if link is not None:
            end = self.chance.choice([link, link.peer])
            end.is_stalled = not end.is_stalled
            end.wake()

    async def kill(self, device: Device) -> None:  # noqa: ARG002 - an act
        """The server is killed and started again."""
        await self.world.kill()
        await self.world.settle(self.chance.random() * 3)
        await self.world.start()

    async def copy(self, device: Device) -> None:  # noqa: ARG002 - an act
        """Somebody copies the database."""
        self.copies.make()

    async def put_back(self, device: Device) -> None:  # noqa: ARG002 - an act
        """The server is killed, the older copy put in place without a word, and the server started again."""
        if not self.copies.has_one:
            return
        await self.world.kill()
        await self.copies.put_back()
        # Who registered since then is gone.
        self.devices = [d for d in self.devices if await self.world.storage.inner.account(d.name)]
        for one in self.devices:
            one.witness.may_begin_anew = True
        await self.world.settle(self.chance.random() * 3)
        await self.world.start()

    async def disk_full(self, device: Device) -> None:  # noqa: ARG002 - an act
        """The disk is full, or has room again."""
        self.world.storage.is_full = not self.world.storage.is_full

    async def lock(self, device: Device) -> None:  # noqa: ARG002 - an act
        """Another program locks the database, or lets go."""
        self.world.storage.is_locked = not self.world.storage.is_locked

    async def damage(self, device: Device) -> None:  # noqa: ARG002 - an act
        """Nothing can be read, or everything again."""
        self.world.storage.is_damaged = not self.world.storage.is_damaged

    def _heal(self) -> None:
        storage = self.world.storage
        storage.is_full = storage.is_locked = storage.is_damaged = False

    async def storage_breaks(self, device: Device) -> None:  # noqa: ARG002 - an act
        """The next write fails, and with it the server."""
        self.world.storage.breaks = self.chance.choice(list(Break))

    async def clock_steps(self, device: Device) -> None:  # noqa: ARG002 - an act
        """Somebody sets the clock, now and then by up to a year."""
        self.world.clock.step(self.chance.randint(-100_000, 100_000) * self.chance.choice((1, 1, 300_000)))

    # ---- the end

    async def _quiet(self) -> None:
        self.note("quiet")
        self._heal()
        self.world.storage.breaks = None
        for pair in self.world.network.links:
            for end in pair:
                end.is_stalled = False
                end.wake()
        await self.world.settle(QUIET)
        for device in self.devices:
            if device.client.connection.phase is ConnectionPhase.LOGGED_OUT:
                with suppress(RuntimeError):
                    await device.client.log_in(device.name, PASSWORD)
        await self.world.settle(5)

    async def _faults(self) -> list[str]:
        truth = Truth(self.world.storage)
        await truth.read()
        faults = [
            *truth.faults_of_logs(),
            *await truth.faults_of_counts(),
            *self.ledger.faults(truth.logs, self.copies.gone),
        ]
        unknown = [entry for entry in self.ledger.entries if entry.fate is Fate.UNKNOWN]
        lost = self.copies.lost
        waiting = [
            entry.text
            for entry in unknown
            if (entry.sender, entry.client_id) not in lost
            and {entry.sender, *Conversation.of(entry.conversation).members.users}.issubset(truth.users)
        ]
        active = {device.client.me.id for device in self.devices}
        for device in self.devices:
            faults += await truth.faults_of(device.client, device.witness, active)
            faults += await self._faults_of_history(device, truth)
        left = [text for text in waiting if not any(text == m.text for log in truth.logs.values() for m in log)]
        faults += [
            f"{e.text} is {e.message} and {other}"
            for e, other in self._repeated
            if e.message not in (None, other) and self.copies.gone.isdisjoint((e.message, other))
        ]
        logged_out = any("log_out" in line for line in self.transcript)
        return faults + [f"{text} was lost" for text in left if not logged_out]

    async def _faults_of_history(self, device: Device, truth: Truth) -> list[str]:
        """Pages of three have every message once, and what was written before somebody joined is not unread to them."""
        client, faults = device.client, []
        for conversation, log in truth.of(client.me.id).items():
            pages: list[Message] = []
            while page := await client.history(conversation, before=pages[0].seq if pages else None, limit=3):
                pages[:0] = page
            if pages != list(log):
                faults.append(f"{device.label}: {conversation} is read as {pages}")
        unread = [item.seq for item in client.replica.timeline(GENERAL) if item.state is ItemState.UNREAD]
        history = self._joined[client.me.id]
        return [*faults, *(f"{device.label}: {seq} is history and unread" for seq in unread if seq and seq <= history)]

    async def _leave(self) -> list[str]:
        """Let all but one user go, each device in one of three ways; give who is shown wrongly then."""
        stays = self.chance.choice(self.devices)
        others = [device for device in self.devices if device.client.me.id != stays.client.me.id]
        for device in others:
            how = self.chance.choice([self.world.cut, self.world.vanish, None])
            self.note(f"leave {device.label} {how.__name__ if how else 'log_out'}")
            self.world.network.listen(None)  # nobody comes back
            if how is None:
                await device.client.log_out()
            else:
                how(device.client)
        await self.world.settle(DETECTION + GRACE + 1)
        rows = [row for row in stays.client.replica.rows if row.user and row.active]
        return [f"{stays.label}: {row.name} has left and is shown as active" for row in rows]

    @staticmethod
    def _opened(device: Device) -> ConversationId | None:
        return device.client.opened_conversation


ACTS: dict[Act, float] = {
    Simulation.post: 40,
    Simulation.open: 10,
    Simulation.look: 15,
    Simulation.older: 3,
    Simulation.mark: 8,
    Simulation.join: 1,
    Simulation.another_device: 3,
    Simulation.log_out: 1.5,
    Simulation.cut: 8,
    Simulation.half_open: 3,
    Simulation.stall: 8,
    Simulation.kill: 0.7,
    Simulation.copy: 2.5,
    Simulation.put_back: 1,
    Simulation.disk_full: 1.5,
    Simulation.storage_breaks: 0.5,
    Simulation.lock: 1,
    Simulation.damage: 1,
    Simulation.clock_steps: 1,
}
"""What can happen, and how often."""


def main() -> None:
    """Play worlds, `--seed N` or `--seeds N`; print what went wrong and exit 1, or how many went right."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, help="this one world, with its transcript")
    parser.add_argument("--seeds", type=int, default=300, help="so many worlds")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds) if options.seed is None else [options.seed]
    failed = 0
    for seed in seeds:
        simulation = Simulation(seed)
        faults = asyncio.run(simulation.run())
        if faults or options.seed is not None:
            sys.stdout.write("\n".join([f"seed {seed}:", simulation.story(), *faults, ""]))
        failed += bool(faults)
    sys.stdout.write(f"{len(seeds) - failed} passed, {failed} failed\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

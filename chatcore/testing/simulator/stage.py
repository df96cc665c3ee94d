"""What a random world is made of, and what is written down of it: the acts work on it, the judge looks at it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from itertools import count
from random import Random

import attrs

from ...adapters.memory_attendance import MemoryAttendance
from ...client.client import ChatClient
from ...client.connection_state import ConnectionPhase, ConnectionState
from ...client.observer import Observer
from ...domain.conversations import GENERAL, direct
from ...domain.ids import ConversationId, UserId
from ...domain.messages import Message
from ...domain.users import User
from ...errors import ChatError, Refused, TokenReused
from ...host.settings import HostSettings
from ...ports.storage import Storage
from ...service.context import DAY_MS, SessionLife
from ..kept_in_memory import KeptInMemory
from ..losing_bus import LosingBus
from ..seat import Seat
from ..slow_storage import SlowAttendance, SlowStorage
from ..world import ChatWorld
from .copies import Copies
from .editor import Editor
from .history import Witness
from .ledger import Entry, Ledger

NAMES = ("alice", "bob", "carol", "dave", "erin")
AT_FIRST = 3
"""How many of them have a device from the beginning."""

MANY = 100_000
DEVICES = 9
"""How many clients there are at the most."""


@attrs.define(eq=False)
class Device:
    """One client of one user."""

    label: str
    user: UserId
    client: ChatClient
    witness: Witness

    @property
    def is_in(self) -> bool:
        """Whether the user is logged in here, as far as the client knows."""
        return self.client.connection.phase is not ConnectionPhase.LOGGED_OUT


class _Reuse(Observer):
    """Writes down where a session has ended because a former token came."""

    def __init__(self, name: str, reused: list[str]) -> None:
        self._name, self._reused = name, reused

    def connection_changed(self, state: ConnectionState) -> None:
        if state.code == TokenReused.code:
            self._reused.append(self._name)


class Stage:
    """One random world, those in it, and what they did and were answered."""

    def __init__(self, seed: int, storage: Storage | None = None, hosts: int = 1) -> None:
        self.chance: Random = Random(seed)
        self.editor: Editor | None = Editor(seed) if seed % 2 and hosts == 1 else None
        "The application that has a say, in every second world of one host."
        self.world: ChatWorld = ChatWorld(
            seed=seed,
            storage=storage,
            hooks=self.editor.hooks if self.editor else None,
            settings=HostSettings(
                max_backlog=6_000,
                newest=1,
                looks=hosts > 1,
                session_life=SessionLife(token_ms=0 if seed % 3 else DAY_MS),
            ),
            latency=self.chance.choice([0.0, 0.05, 0.3]),
            delay=self.chance.choice([0.0, 0.02, 0.3]),
            hosts=hosts,
        )
        if seed % 3:
            self.world.tokens = KeptInMemory()  # in two worlds of three tokens are exchanged, at each entry
        self.bus: LosingBus | None = None
        "What joins the hosts, where there are several."
        if hosts > 1:
            clock = self.world.clock
            self.world.bus = self.bus = LosingBus(clock, seed, self.world.background)
            self.world.attendance = SlowAttendance(MemoryAttendance(clock), clock, seed, 0.3)
        if self.editor is not None:
            self.editor.work_in(self.world)
        self.devices: list[Device] = []
        self.ledger: Ledger = Ledger()
        self.copies: Copies = Copies(self.world.storage)
        self.transcript: list[str] = []
        self.newcomers: Iterator[str] = iter(NAMES[AT_FIRST:])
        "Who has not registered yet."
        self.repeated: list[tuple[Entry, Message | Refused]] = []
        "What the second device was answered, where two have written the same."
        self.expelled: dict[Device, frozenset[str]] = {}
        "Devices whose sessions were ended for good, each with the texts about which the application thought just then."
        self.lingering: list[str] = []
        "Which of them are in when all is quiet."
        self.texts: count[int] = count(1)
        "What makes each message another one."
        self.joined: dict[UserId, int] = {}
        "Up to where the general chat is history for each user, at least."
        self.erased: set[UserId] = set()
        "Who was erased, unless the server was away or refused it."
        self.kept_out: set[UserId] = set()
        "Who was disabled or banned at some time: what they wrote is asked about again when they are back."
        self.reused: list[str] = []
        "Who was told that a former token of theirs had come back."
        self._numbers = count()
        self._tasks: list[asyncio.Future[None]] = []

    def note(self, text: str) -> None:
        """Write a line of the transcript."""
        self.transcript.append(f"{self.world.clock.monotonic():9.3f}  {text}")

    def heal(self) -> None:
        """Let the storage work again."""
        for storage in self.storages:
            storage.is_full = storage.is_locked = storage.is_damaged = False

    @property
    def storages(self) -> list[SlowStorage]:
        """That of each host: what befalls one befalls all of them, as all lead to one database."""
        return [seat.storage for seat in self.world.seats]

    def seat(self) -> Seat:
        """Choose one of the hosts, where there are several."""
        seats = self.world.seats
        return self.chance.choice(seats) if len(seats) > 1 else seats[0]

    async def add_device(self, name: str) -> None:
        """Let a user log in on one more device, for the first time too."""
        witness = Witness()
        before = (await self.world.storage.overview(UserId(""), 0)).general.seq
        client = await self.world.log_in(name, witness, _Reuse(name, self.reused))
        self.joined.setdefault(client.me.id, before)
        self.devices.append(Device(f"{name}{next(self._numbers)}", client.me.id, client, witness))

    async def users(self) -> dict[UserId, User]:
        """Return the users as they are stored, whatever is broken."""
        return {user.id: user for user in await self.world.storage.inner.users(0, MANY)}

    def conversation(self, device: Device) -> ConversationId:
        """Choose one that the device's user may see."""
        me = device.client.replica.me
        if me is None:
            return GENERAL
        others = [user.id for user in device.client.replica.users if user.id != me.id]
        return self.chance.choice([GENERAL, *(direct(me.id, other) for other in others)])

    def spawn(self, coroutine: Coroutine[object, object, object]) -> None:
        """Let something run on; what it is refused is of no interest."""

        async def quietly() -> None:
            with suppress(ChatError):
                await coroutine

        self._tasks.append(asyncio.ensure_future(quietly()))


Act = Callable[[Stage, Device], Awaitable[None]]
"""Something that happens to a device, or to all at once."""

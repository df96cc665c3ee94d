"""A whole chat in one process: host and clients with the real protocol and codec, without sockets, on virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from random import Random
from types import TracebackType
from typing import Self

from ..adapters.local_bus import LocalBus
from ..adapters.memory import MemoryStorage
from ..adapters.memory_link import MemoryLink
from ..client.client import ChatClient
from ..client.observer import Observer
from ..domain.ids import Token
from ..domain.throttles import Throttles
from ..errors import NameTaken
from ..host.host import Host
from ..host.settings import HostSettings
from ..ports.attendance import Attendance
from ..ports.bus import Bus
from ..ports.outbox import OutboxKeeper
from ..ports.storage import Storage
from ..ports.tokens import TokenKeeper
from ..service.hooks import Hooks
from ..tasks import outlast, to_its_end
from .beside import Beside
from .clock import VirtualClock
from .fakes import QuickHasher, SeededIds
from .memory_network import MemoryNetwork
from .seat import Seat
from .slow_storage import SlowStorage

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody real
URL = "memory://world"
DETECTION = 28.0
"""Seconds after which a server notices a peer that is dead without a word."""

CALM_ROUNDS = 25
"""After this many turns without a frame, a timer or a call of the storage, nothing is under way in a loop that does not
show what is ready to run."""


class _Dialer:
    """One client's way into the network; remembers its newest link."""

    def __init__(self, network: Callable[[], MemoryNetwork]) -> None:
        self._network = network
        self.link: MemoryLink | None = None

    async def dial(self, url: str) -> MemoryLink:
        self.link = await self._network().dial(url)
        return self.link


class ChatWorld:
    """A server and its clients. One seed decides all chance.

    Time passes only while everything waits for it, then it jumps to the next timer: an hour takes as long as what
    happens in it. A test that waits for something real (a file, a thread) lets it pass freely meanwhile.

    `latency` is how many virtual seconds the storage takes at most: what a read found is told that much later, while
    other things happen. `delay` is how many a frame takes at most. Nothing is throttled unless `settings` say so.

    With several `hosts` each has a storage object of its own over one that is in memory, and clients come to any of
    them. What is said here of the server concerns the first one; `seats` has all.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        storage: Storage | None = None,
        settings: HostSettings | None = None,
        hooks: Hooks | None = None,
        latency: float = 0.02,
        delay: float = 0.0,
        hosts: int = 1,
    ) -> None:
        self.clock: VirtualClock = VirtualClock()
        self._chance = Random(seed)
        self._delay, self._latency, self._seed = delay, latency, seed
        self.bus: Bus = LocalBus()
        "For more hosts of the same chat, over storage objects of their own."
        self.attendance: Attendance | None = None
        "Where they write down that they live; None where they know it by the bus alone."
        self.tokens: TokenKeeper | None = None
        "Where clients that are made from now on keep their tokens, and so exchange them; None: they do not."
        self._ids = SeededIds(seed)
        self._settings, self._hooks = settings or HostSettings(throttles=Throttles.off()), hooks
        self._clients = AsyncExitStack()
        self._dialers: dict[ChatClient, _Dialer] = {}
        self._mistakes: list[Exception] = []
        self._tasks: set[asyncio.Task[None]] = set()
        kept = storage or MemoryStorage()
        self.seats: Sequence[Seat] = [self._seat(n, kept, is_alone=hosts == 1) for n in range(hosts)]
        "Where the hosts run."
        self.network: MemoryNetwork = self.seats[0].network
        self.storage: SlowStorage = self.seats[0].storage

    def _seat(self, number: int, kept: Storage, *, is_alone: bool) -> Seat:
        storage = kept if is_alone else Beside(kept, lambda: self._is_last(number))
        network = MemoryNetwork(self.clock, lambda: self._delay * self._chance.random())
        slow = SlowStorage(storage, self.clock, self._seed + number, self._latency)
        return Seat(self.clock, network, slow, self._make, self.background)

    async def __aenter__(self) -> Self:
        self._time = asyncio.ensure_future(self._pass_time())
        try:
            for seat in self.seats:
                await seat.start()
        except BaseException:
            self._time.cancel()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await to_its_end(self._end())
        mistakes = [*self._mistakes, *(mistake for seat in self.seats for mistake in seat.mistakes)]
        if mistakes and error is None:
            msg = "the server made mistakes"
            raise ExceptionGroup(msg, mistakes)

    async def _end(self) -> None:
        await self._clients.aclose()
        for seat in self.seats:
            await seat.kill()
        tasks = (self._time, *self._tasks)
        for task in tasks:
            task.cancel()
        await outlast(*tasks)

    # ---- the server

    def _make(self, storage: Storage) -> Host:
        return Host(
            storage=storage,
            bus=self.bus,
            attendance=self.attendance,
            clock=self.clock,
            ids=self._ids,
            hasher=QuickHasher(),
            settings=self._settings,
            hooks=self._hooks,
        )

    async def start(self) -> None:
        """Start the server, over what is stored; nothing happens where it runs. If its storage fails, try again."""
        await self.seats[0].start()

    async def kill(self) -> None:
        """Stop the server at once; what is committed stays."""
        await self.seats[0].kill()

    @property
    def is_running(self) -> bool:
        """Whether the server runs."""
        return self.seats[0].host is not None

    @property
    def host(self) -> Host:
        """The server that runs."""
        if self.seats[0].host is None:
            msg = "the server does not run"
            raise RuntimeError(msg)
        return self.seats[0].host

    def _network(self) -> MemoryNetwork:
        """Choose to which host a client comes: to one that can be reached, if there is any."""
        open_ones = [seat.network for seat in self.seats if seat.network.is_open]
        return self._chance.choice(open_ones) if len(open_ones) > 1 else (open_ones or [self.network])[0]

    def _is_last(self, number: int) -> bool:
        return all(seat.host is None for place, seat in enumerate(self.seats) if place != number)

    # ---- clients

    async def users(self, *names: str) -> Sequence[ChatClient]:
        """Log users in, each with a client of their own; those who are new are registered first."""
        clients = [await self.log_in(name) for name in names]
        await self.settle()
        return clients

    async def log_in(self, name: str, *observers: Observer, keeper: OutboxKeeper | None = None) -> ChatClient:
        """Log a user in with one more client; register who is new."""
        client = await self.client(keeper=keeper)
        for observer in observers:
            client.subscribe(observer)
        try:
            await client.register(name, PASSWORD)
        except NameTaken:
            await client.log_in(name, PASSWORD)
        return client

    async def client(self, token: Token | None = None, keeper: OutboxKeeper | None = None) -> ChatClient:
        """Make a client that is not logged in, or goes on with a session."""
        return await self._clients.enter_async_context(self.unopened(token, keeper))

    def unopened(self, token: Token | None = None, keeper: OutboxKeeper | None = None) -> ChatClient:
        """Make a client that somebody else opens, and closes before the world ends."""
        dialer = _Dialer(self._network)
        client = ChatClient(
            URL,
            dialer=dialer,
            clock=self.clock,
            ids=self._ids,
            token=token,
            wait=False,
            keeper=keeper,
            tokens=self.tokens,
        )
        self._dialers[client] = dialer
        return client

    def cut(self, client: ChatClient) -> None:
        """Drop the client's connection: what is in flight is lost."""
        link = self._dialers[client].link
        if link is not None:
            link.abort()

    def vanish(self, client: ChatClient) -> None:
        """Let the client lose its connection while the server does not notice, until its pings stay unanswered."""
        link = self._dialers[client].link
        if link is not None:
            link.vanish()
            self.background(self._abort_later(link))

    async def _abort_later(self, link: MemoryLink) -> None:
        await self.clock.sleep(DETECTION)
        link.peer.abort()

    def link(self, client: ChatClient) -> MemoryLink | None:
        """Return the client's end of its newest connection."""
        return self._dialers[client].link

    # ---- time

    async def settle(self, seconds: float = 3.0) -> None:
        """Let everything happen that is under way, and what follows from it within this many seconds."""
        await self.clock.sleep(seconds)
        await self.clock.sleep(0)  # rings only when what the same moment led to is done

    async def _calm(self) -> None:
        """Return when nothing happens any more without time passing."""
        ready = getattr(asyncio.get_running_loop(), "_ready", None)  # asyncio's own loops have it, uvloop's has not
        quiet, seen = 0, -1
        while quiet < CALM_ROUNDS:
            await asyncio.sleep(0)
            under_way = any(seat.storage.under_way for seat in self.seats)
            if ready is not None and not ready and not under_way:
                return
            activity = self.clock.activity + sum(seat.storage.activity + seat.network.activity for seat in self.seats)
            quiet = 0 if under_way or activity != seen else quiet + 1
            seen = activity

    def background(self, coroutine: Coroutine[object, object, None]) -> None:
        """Let something run on, until the world ends."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._background_ended)

    def _background_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        mistake = None if task.cancelled() else task.exception()
        if isinstance(mistake, Exception):
            self._mistakes.append(mistake)

    async def _pass_time(self) -> None:
        while True:
            await self._calm()
            if not self.clock.advance():
                await self.clock.armed()

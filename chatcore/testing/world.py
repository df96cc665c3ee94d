"""A whole chat in one process: host and clients with the real protocol and codec, without sockets, on virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
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
from ..errors import NameTaken, StorageError, TemporaryError
from ..host.host import Host, HostSettings
from ..ports.attendance import Attendance
from ..ports.outbox import OutboxKeeper
from ..ports.storage import Storage
from ..service.hooks import Hooks
from ..tasks import outlast, to_its_end
from .clock import VirtualClock
from .fakes import QuickHasher, SeededIds
from .memory_network import MemoryNetwork
from .slow_storage import SlowStorage

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody real
URL = "memory://world"
RESTART = 1.0
"""Seconds after which a server is started again whose storage has failed."""

DETECTION = 28.0
"""Seconds after which a server notices a peer that is dead without a word."""

CALM_ROUNDS = 25
"""After this many turns without a frame, a timer or a call of the storage, nothing is under way in a loop that does not
show what is ready to run."""


class _Dialer:
    """One client's way into the network; remembers its newest link."""

    def __init__(self, network: MemoryNetwork) -> None:
        self._network = network
        self.link: MemoryLink | None = None

    async def dial(self, url: str) -> MemoryLink:
        self.link = await self._network.dial(url)
        return self.link


class ChatWorld:
    """A server and its clients. One seed decides all chance.

    Time passes only while everything waits for it, then it jumps to the next timer: an hour takes as long as what
    happens in it. A test that waits for something real (a file, a thread) lets it pass freely meanwhile.

    `latency` is how many virtual seconds the storage takes at most: what a read found is told that much later, while
    other things happen. `delay` is how many a frame takes at most. Nothing is throttled unless `settings` say so.
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
    ) -> None:
        self.clock: VirtualClock = VirtualClock()
        self._chance = Random(seed)
        self.network: MemoryNetwork = MemoryNetwork(self.clock, lambda: delay * self._chance.random())
        self.storage: SlowStorage = SlowStorage(storage or MemoryStorage(), self.clock, seed, latency)
        self.bus: LocalBus = LocalBus()
        "For more hosts of the same chat, over storage objects of their own."
        self.attendance: Attendance | None = None
        "Where they write down that they live; None where they know it by the bus alone."
        self._ids = SeededIds(seed)
        self._settings, self._hooks = settings or HostSettings(throttles=Throttles.off()), hooks
        self._clients = AsyncExitStack()
        self._dialers: dict[ChatClient, _Dialer] = {}
        self._host: Host | None = None
        self._is_wanted = False
        "Whether the server is to run: then it is started again where its storage has failed."
        self._mistakes: list[Exception] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._time = asyncio.ensure_future(self._pass_time())
        try:
            await self.start()
        except BaseException:
            self._time.cancel()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await to_its_end(self._end())
        if self._mistakes and error is None:
            msg = "the server made mistakes"
            raise ExceptionGroup(msg, self._mistakes)

    async def _end(self) -> None:
        await self._clients.aclose()
        await self.kill()
        tasks = (self._time, *self._tasks)
        for task in tasks:
            task.cancel()
        await outlast(*tasks)

    # ---- the server

    async def start(self) -> None:
        """Start the server, over what is stored; nothing happens where it runs. If its storage fails, try again."""
        self._is_wanted = True
        if self._host is not None:
            return
        host = self._host = Host(
            storage=self.storage,
            bus=self.bus,
            attendance=self.attendance,
            clock=self.clock,
            ids=self._ids,
            hasher=QuickHasher(),
            settings=self._settings,
            hooks=self._hooks,
        )
        try:
            await host.__aenter__()
        except (StorageError, TemporaryError):
            if self._host is host:
                self._host = None
                self._background(self._start_again())
            return
        if self._host is not host:  # it was killed meanwhile
            await host.__aexit__(None, None, None)
            return
        self.network.listen(lambda link: self._serve(host, link))
        self._background(self._supervise(host))

    async def _serve(self, host: Host, link: MemoryLink) -> None:
        try:
            await host.serve(link)
        except Exception as mistake:  # noqa: BLE001 - told when the world ends
            self._mistakes.append(mistake)

    async def kill(self) -> None:
        """Stop the server at once; what is committed stays."""
        host, self._host, self._is_wanted = self._host, None, False
        await self.network.close()
        if host is not None:
            await host.__aexit__(None, None, None)

    @property
    def is_running(self) -> bool:
        """Whether the server runs."""
        return self._host is not None

    @property
    def host(self) -> Host:
        """The server that runs."""
        if self._host is None:
            msg = "the server does not run"
            raise RuntimeError(msg)
        return self._host

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
        dialer = _Dialer(self.network)
        client = ChatClient(URL, dialer=dialer, clock=self.clock, ids=self._ids, token=token, wait=False, keeper=keeper)
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
            self._background(self._abort_later(link))

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
            if ready is not None and not ready and not self.storage.under_way:
                return
            activity = self.clock.activity + self.storage.activity + self.network.activity
            quiet = 0 if self.storage.under_way or activity != seen else quiet + 1
            seen = activity

    def _background(self, coroutine: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._background_ended)

    def _background_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        mistake = None if task.cancelled() else task.exception()
        if isinstance(mistake, Exception):
            self._mistakes.append(mistake)

    async def _supervise(self, host: Host) -> None:
        """Start the server again when its storage has failed, as a supervisor does with a program that exits."""
        try:
            await host.failure()
        except StorageError:
            if self._host is host:
                await self.kill()
                self._is_wanted = True
                await self._start_again()

    async def _start_again(self) -> None:
        await self.clock.sleep(RESTART)
        if self._is_wanted:
            await self.start()

    async def _pass_time(self) -> None:
        while True:
            await self._calm()
            if not self.clock.advance():
                await self.clock.armed()

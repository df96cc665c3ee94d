"""People at real clients over real WebSockets, who write and read, and the book that is kept of it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic
from types import TracebackType
from typing import Self

import attrs

from chatcore.adapters.postgres import PostgresStorage
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.system import SystemClock, SystemIds
from chatcore.adapters.websocket import WebSocketDialer
from chatcore.client.client import ChatClient
from chatcore.client.connection_state import ConnectionPhase
from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.ids import ConversationId, Token
from chatcore.domain.messages import Message
from chatcore.errors import ChatError, Closed, LoggedOut, RuleError
from chatcore.ports.transport import Link
from chatcore.testing.simulator.history import Truth, Witness
from chatcore.testing.simulator.ledger import Fate, Ledger

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody real

LEVEL = 5.0
"""Seconds within which every client knows everything, once its connection is up (promise 7)."""


class EagerIds(SystemIds):
    """Comes back to the server after at most 60 ms, however often it was away."""

    def fraction(self) -> float:
        """Return hardly any time between two tries."""
        return 0.002


class RememberingDialer:
    """Opens WebSockets, and remembers the newest, so that it can be cut."""

    def __init__(self) -> None:
        self.link: Link | None = None

    async def dial(self, url: str) -> Link:
        """Open a link."""
        self.link = await WebSocketDialer().dial(url)
        return self.link


@attrs.define(eq=False)
class Member:
    """One client of one user."""

    label: str
    name: str
    client: ChatClient
    dialer: RememberingDialer
    witness: Witness | None
    "Those without one are not asked at the end what they have seen."

    def cut(self) -> None:
        """Drop the connection, as if the network had failed."""
        if self.dialer.link is not None:
            self.dialer.link.abort()

    @property
    def is_level(self) -> bool:
        """Whether the client is connected and has nothing more to ask for."""
        is_online = self.client.connection.phase is ConnectionPhase.ONLINE
        return is_online and self.client.replica.is_level


class Crowd:
    """Clients of one server; use as `async with`. Everything they write stands in the ledger.

    Where they are not alone, other crowds are there in other processes, with all other users.
    """

    def __init__(
        self,
        url: str,
        seed: int = 0,
        *,
        ids: SystemIds | None = None,
        is_alone: bool = True,
        dialer: Callable[[], RememberingDialer] = RememberingDialer,
    ) -> None:
        self.url = url
        self.chance = Random(seed)
        self.ledger = Ledger()
        self.members: list[Member] = []
        self.waits: list[tuple[float, float]] = []
        "Of each acked post, when it was acked and how many seconds it took."
        self.gone: set[Message] = set()
        "What was stored in a database that is no more."
        self._ids = ids or EagerIds()
        self._dialer = dialer
        self._stack = AsyncExitStack()
        self._tasks: set[asyncio.Task[None]] = set()
        self._texts = 0
        self._is_alone = is_alone
        self._is_resting = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    # ---- coming

    async def join(self, names: Iterable[str], devices: int = 1, witnesses: int = 1_000) -> None:
        """Register people, each with so many clients; give so many of them a witness."""
        tokens = {name: await self._register(name) for name in names}
        for name, token in tokens.items():
            for _ in range(devices):
                await self._enter(name, token, Witness() if len(self.members) < witnesses else None)
        await until(lambda: all(member.is_level for member in self.members), 120)

    async def _register(self, name: str) -> Token:
        """Make an account with a client that goes again, so that a thousand are not told of each other one by one."""
        async with self._client(self._dialer(), None) as client:
            await client.register(name, PASSWORD)
            assert client.token is not None
            return client.token

    async def _enter(self, name: str, token: Token, witness: Witness | None) -> None:
        dialer = self._dialer()
        member = Member(f"{name}-{len(self.members)}", name, self._client(dialer, token), dialer, witness)
        await self._stack.enter_async_context(member.client)
        if witness is not None:
            member.client.subscribe(witness)
        self.members.append(member)

    def _client(self, dialer: RememberingDialer, token: Token | None) -> ChatClient:
        return ChatClient(self.url, dialer=dialer, clock=SystemClock(), ids=self._ids, token=token, wait=False)

    # ---- doing

    def chat(self, pause: float = 0.02) -> None:
        """Let everybody write and read from now on, two things at a time, with such a pause between them."""
        self._is_resting = False
        for member in self.members * 2:
            self._spawn(self._chat(member, pause))

    async def rest(self, seconds: float = 60.0) -> None:
        """Let nobody begin anything new, and wait until all that was begun is done; TimeoutError when it is not."""
        self._is_resting = True
        async with asyncio.timeout(seconds):
            await asyncio.gather(*self._tasks)

    async def _chat(self, member: Member, pause: float) -> None:
        member.client.opened(GENERAL)
        while not self._is_resting:
            await asyncio.sleep(self.chance.random() * 2 * pause)
            await self._act(member)

    async def _act(self, member: Member) -> None:
        what = self.chance.random()
        conversation = self.conversation(member)
        if what < 0.85:
            await self.post(member, conversation)
        elif what < 0.95:
            seq = member.client.replica.tally(conversation).seq
            if seq:
                with suppress(ChatError, TimeoutError):
                    async with asyncio.timeout(1):
                        await member.client.mark_read(conversation, self.chance.randint(1, seq))
        else:
            member.client.opened(conversation)

    def conversation(self, member: Member, to_one: float = 0.6) -> ConversationId:
        """Choose where a member writes: to one of the others with this likelihood, or to everybody."""
        me, other = member.client.me.id, self.chance.choice(self.members).client.me.id
        return direct(me, other) if me != other and self.chance.random() < to_one else GENERAL

    def post_soon(self, member: Member, conversation: ConversationId, padding: int = 0) -> None:
        """Write a message, whose answer may come whenever it will."""
        self._spawn(self.post(member, conversation, padding))

    async def post(self, member: Member, conversation: ConversationId, padding: int = 0) -> None:
        """Write a message, of about so many characters, and wait for its answer."""
        self._texts += 1
        text = f"message {self._texts} " + "." * (padding or self.chance.choice((1, 1, 1, 100, 3_000)))
        begun = monotonic()
        client_id = member.client.post_soon(conversation, text)
        entry = self.ledger.wrote(member.label, member.client.me.id, conversation, client_id, text)
        try:
            self.ledger.acked(entry, await member.client.post(conversation, text, client_id=client_id))
            self.waits.append((monotonic(), monotonic() - begun))
        except (Closed, LoggedOut):
            pass
        except RuleError as error:
            self.ledger.refused(entry, error)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- judging

    @property
    def acked(self) -> int:
        """How many posts were acked."""
        return sum(entry.fate is Fate.ACKED for entry in self.ledger.entries)

    async def faults(self, db: Path | str) -> list[str]:
        """Let everything come to rest; give what is still wrong when every client is to be level with the server."""
        try:
            await self.rest()
            await until(lambda: all(member.is_level for member in self.members), 60)
        except TimeoutError:
            waiting = [entry.text[:20] for entry in self.ledger.entries if entry.fate is Fate.UNKNOWN]
            return [f"the clients do not come to rest; not answered: {waiting}"]
        deadline = monotonic() + LEVEL
        while (faults := await self._faults(db)) and monotonic() < deadline:
            await asyncio.sleep(0.1)
        return faults

    async def _faults(self, db: Path | str) -> list[str]:
        async with truth_of(db) as truth:
            mine = {member.client.me.id for member in self.members}
            logs = {
                place: [message for message in log if self._is_alone or message.sender in mine]
                for place, log in truth.logs.items()
            }
            faults = [
                *truth.faults_of_logs(),
                *await truth.faults_of_counts(),
                *self.ledger.faults(logs, self.gone),
            ]
            active = mine if self._is_alone else truth.users
            for member in self.members:
                if member.witness is not None:
                    faults += await truth.faults_of(member.client, member.witness, active)
        return faults


@asynccontextmanager
async def truth_of(db: Path | str) -> AsyncIterator[Truth]:
    """Read what a database holds while its server goes on: of a file from a copy, else from where it is."""
    if isinstance(db, str):
        async with PostgresStorage(db) as shared:
            truth = Truth(shared)
            await truth.read()
            yield truth
        return
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        await asyncio.to_thread(copied, db, copy)
        async with SqliteStorage(copy) as storage:
            truth = Truth(storage)
            await truth.read()
            yield truth


async def until(condition: Callable[[], bool], seconds: float) -> None:
    """Return when the condition holds; TimeoutError after so many seconds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def copied(db: Path, copy: Path) -> None:
    """Copy a database that a server has open, as of one moment."""
    with closing(sqlite3.connect(db)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)

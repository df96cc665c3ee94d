"""People at real clients over real WebSockets, who write and read, and the book that is kept of it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, closing, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic
from types import TracebackType
from typing import Self

import attrs

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.system import SystemClock, SystemIds
from chatcore.adapters.websocket import WebSocketDialer
from chatcore.client.client import ChatClient
from chatcore.client.observer import ConnectionPhase
from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.ids import ConversationId, Token
from chatcore.errors import ChatError, Closed, LoggedOut, RuleError
from chatcore.testing.history import Truth, Witness
from chatcore.testing.ledger import Fate, Ledger

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody real

LEVEL = 5.0
"""Seconds within which every client knows everything, once its connection is up (promise 7)."""


class EagerIds(SystemIds):
    """Comes back to the server after at most 60 ms, however often it was away."""

    def fraction(self) -> float:
        """Give hardly any time between two tries."""
        return 0.002


@attrs.define(eq=False)
class Member:
    """One client of one user."""

    label: str
    client: ChatClient
    witness: Witness


class Crowd:
    """Clients of one server; use as `async with`. Everything they write stands in the ledger."""

    def __init__(self, url: str, seed: int = 0, *, ids: SystemIds | None = None) -> None:
        self.url = url
        self.chance = Random(seed)
        self.ledger = Ledger()
        self.members: list[Member] = []
        self.waits: list[tuple[float, float]] = []
        "Of each acked post, when it was acked and how many seconds it took."
        self._ids = ids or EagerIds()
        self._stack = AsyncExitStack()
        self._tasks: set[asyncio.Task[None]] = set()
        self._texts = 0
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

    async def join(self, names: Iterable[str], devices: int = 1) -> None:
        """Register people, each with so many clients."""
        for name in names:
            first = await self._enter(name, None)
            await first.client.register(name, PASSWORD)
            for _ in range(devices - 1):
                await self._enter(name, first.client.token)
        await _until(lambda: all(m.client.connection.phase is ConnectionPhase.ONLINE for m in self.members), 60)

    async def _enter(self, name: str, token: Token | None) -> Member:
        client = ChatClient(
            self.url, dialer=WebSocketDialer(), clock=SystemClock(), ids=self._ids, token=token, wait=False
        )
        member = Member(f"{name}-{len(self.members)}", client, Witness())
        await self._stack.enter_async_context(client)
        client.subscribe(member.witness)
        self.members.append(member)
        return member

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

    def conversation(self, member: Member) -> ConversationId:
        """Choose where a member writes: as often to everybody as to one of the others."""
        others = sorted({other.client.me.id for other in self.members} - {member.client.me.id})
        return direct(member.client.me.id, self.chance.choice(others)) if self.chance.random() < 0.5 else GENERAL

    async def post(self, member: Member, conversation: ConversationId, padding: int = 0) -> None:
        """Write a message and wait for its answer; whoever stops waiting has not stopped the post."""
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
        except RuleError:
            self.ledger.refused(entry)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- judging

    @property
    def acked(self) -> int:
        """How many posts were acked."""
        return sum(entry.fate is Fate.ACKED for entry in self.ledger.entries)

    async def faults(self, db: Path) -> list[str]:
        """Let everything come to rest; give what is still wrong when every client is to be level with the server."""
        try:
            await self.rest()
            await _until(self._is_quiet, 60)
        except TimeoutError:
            waiting = [entry.text[:20] for entry in self.ledger.entries if entry.fate is Fate.UNKNOWN]
            return [f"the clients do not come to rest; not answered: {waiting}"]
        deadline = monotonic() + LEVEL
        while (faults := await self._faults(db)) and monotonic() < deadline:
            await asyncio.sleep(0.1)
        return faults

    def _is_quiet(self) -> bool:
        return all(
            m.client.connection.phase is ConnectionPhase.ONLINE
            and m.client.replica.complete
            and m.client.replica.next_wish() is None
            for m in self.members
        )

    async def _faults(self, db: Path) -> list[str]:
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "copy.db"
            await asyncio.to_thread(_copy, db, copy)
            async with SqliteStorage(copy) as storage:
                truth = Truth(storage)
                await truth.read()
                faults = [*truth.faults_of_logs(), *await truth.faults_of_counts(), *self.ledger.faults(truth.logs)]
                active = {member.client.me.id for member in self.members}
                for member in self.members:
                    faults += await truth.faults_of(member.client, member.witness, active)
        return faults


async def _until(condition: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def _copy(db: Path, copy: Path) -> None:
    """Copy a database that a server has open, as of one moment."""
    with closing(sqlite3.connect(db)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)

"""A service over storage in memory, with a writer that runs, and the outcomes that it told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import attrs

from chatcore import ConversationId, User
from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.conversations import direct
from chatcore.domain.ids import ClientId
from chatcore.domain.throttles import Throttles
from chatcore.domain.users import AsciiNames
from chatcore.ports.commits import AboutUser, Commit, Outcome
from chatcore.ports.storage import Storage
from chatcore.service import accounts, posting, reading
from chatcore.service.context import Context
from chatcore.service.membership import Membership
from chatcore.service.throttle import Throttle
from chatcore.service.watched_clock import WatchedClock
from chatcore.service.writer import Writer
from chatcore.testing.clock import VirtualClock
from chatcore.testing.fakes import QuickHasher, SeededIds

PASSWORD = "correct horse battery"


@attrs.define
class Chat:
    """The use cases, called without a connection."""

    ctx: Context
    clock: VirtualClock
    outcomes: list[Outcome]

    async def users(self, *names: str) -> Sequence[User]:
        """Register users."""
        return [await accounts.register(self.ctx, name, PASSWORD) for name in names]

    async def post(self, user: User, conversation: ConversationId, text: str, client_id: str = "") -> Outcome:
        """Post, and give what became of it."""
        name = ClientId(client_id or f"c{len(self.outcomes)}")
        await posting.post(self.ctx, user.id, conversation, name, text, None)
        await self.ctx.writer.drained()
        return self.outcomes[-1]

    async def mark(self, user: User, conversation: ConversationId, *seqs: int) -> Outcome:
        """Mark, and give what became of it."""
        await reading.mark(self.ctx, user.id, conversation, seqs, None)
        await self.ctx.writer.drained()
        return self.outcomes[-1]


@asynccontextmanager
async def a_chat(storage: Storage | None = None) -> AsyncIterator[Chat]:
    """Make a service whose writer runs."""
    clock, storage = VirtualClock(), storage or MemoryStorage()
    outcomes: list[Outcome] = []

    def told(commit: Commit) -> None:
        outcomes.extend(outcome for outcome in commit if not isinstance(outcome, AboutUser))

    writer = Writer(storage, clock, told)
    ctx = Context(
        storage,
        writer,
        clock,
        WatchedClock(clock),
        SeededIds(),
        QuickHasher(),
        AsciiNames(),
        Membership(storage),
        Throttle(Throttles.off(), clock),
    )
    chat = Chat(ctx, clock, outcomes)
    end = storage.listen(told)
    writing = asyncio.ensure_future(writer.run())
    try:
        yield chat
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        end()


def between(one: User, other: User) -> ConversationId:
    """Return the conversation of two users."""
    return direct(one.id, other.id)

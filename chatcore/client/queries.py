"""What a program asks the server and waits for: what is stored, beyond what the replica holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from ..domain.ids import ConversationId
from ..domain.sessions import Session, told
from ..domain.users import User
from ..errors import BadFrame, ChatError
from ..wire import frames as f
from ..wire.limits import MAX_PAGE
from .pulls import older_request
from .session import ClientSession
from .upkeep import Upkeep

A = TypeVar("A", bound=f.Answer)


class Queries:
    """Questions, each asked once: all raise Closed where the client was left, and Unreachable without a connection."""

    def __init__(self, session: ClientSession, upkeep: Upkeep) -> None:
        self._session, self._upkeep = session, upkeep

    async def ask(self, make: Callable[[int], f.Request], kind: type[A]) -> A:
        """Return the answer to a request; raise the error that it is answered with."""
        self._session.check()
        answered: asyncio.Future[A] = asyncio.get_running_loop().create_future()

        def done(answer: f.Answer | ChatError) -> None:
            if answered.done():
                return
            if isinstance(answer, kind):
                answered.set_result(answer)
            else:
                answered.set_exception(answer if isinstance(answer, ChatError) else BadFrame())

        self._upkeep.connector.ask(make, done)
        return await answered

    async def user(self, name: str) -> User:
        """Return the user of a name. Raises NotFound."""
        known = self._upkeep.replica.user_by_name(name)
        return known or (await self.ask(lambda number: f.FindUser(number, name), f.Found)).user

    async def unread(self, conversation: ConversationId) -> int:
        """Return how many messages are unread. Raises NotFound."""
        counted = await self.ask(lambda number: f.Count(number, conversation), f.Counted)
        self._upkeep.follower.counted(counted.tally)
        self._upkeep.handled()
        return counted.tally.unread

    async def sessions(self) -> list[Session]:
        """Return the user's sessions, those that began first before the others."""
        found: list[Session] = []
        after, more = "", True
        while more:
            page = await self.ask(partial(f.ListSessions, after=after), f.Sessions)
            found += [told(record, page.own) for record in page.sessions]
            more = page.more and bool(page.sessions)
            after = page.sessions[-1].id if page.sessions else ""
        return sorted(found, key=lambda session: (session.begun, session.id))

    async def load_older(self, conversation: ConversationId, limit: int) -> bool:
        """Let a timeline grow backwards by at most MAX_PAGE messages. Return whether it could."""
        replica = self._upkeep.replica
        while (oldest := replica.oldest(conversation)) is None:
            if not replica.has_timeline(conversation):
                return False
            await self._upkeep.turn()  # its newest page is on the way
        if not oldest or replica.is_at_beginning(conversation):
            return False
        page = await self.ask(older_request(conversation, oldest, min(max(1, limit), MAX_PAGE)), f.Page)
        self._upkeep.follower.older(conversation, page)
        self._upkeep.handled()
        return bool(page.messages)

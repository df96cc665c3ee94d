"""Operating on a database: by a server of this machine that has it open, or else by opening the chat in this process.

Over PostgreSQL this process is one more of its servers then: the others hear of what is done by the bus.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from chatcore import BadFrame, Chat

from . import frames as f
from . import nodes
from .audit import Audit, myself
from .call import call, encoded
from .databases import Where, chat_on, desk
from .invitation_acts import InvitationActs
from .listener import Act, Recorded
from .user_acts import UserActs

A = TypeVar("A", bound=f.Answer)


def acts_on(chat: Chat) -> Mapping[type, Act]:
    """Return what is done to a chat for its operator, with the server or without one."""
    return {**UserActs(chat.users, chat.sessions).table(), **InvitationActs(chat.invitations).table()}


class Operating:
    """Asks for acts on users and what is theirs. Without a server it has a file to itself until its end."""

    def __init__(self, db: Where, now_ms: Callable[[], int]) -> None:
        self._db, self._now_ms = db, now_ms
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._alone: Recorded | None = None
        self._door: Path | None = None

    def ask(self, request: f.Request, expected: type[A]) -> A:
        """Have something done. Raises ChatError."""
        encoded(request)  # what no server can be told is not done without one either
        if self._alone is None:
            self._door = self._door or nodes.open_door(self._db)
            answer = None if self._door is None else call(self._door, request, expected)
            if answer is not None:
                return answer
        if self._alone is None:
            self._alone = self._runner.run(self._open())
        done = self._runner.run(self._alone.do(request, myself()))
        if not isinstance(done, expected):
            msg = "something else came of it than what was asked for"
            raise BadFrame(msg)
        return done

    def close(self) -> None:
        """Leave the database to others."""
        try:
            self._runner.run(self._stack.aclose())
        finally:
            self._runner.close()

    async def _open(self) -> Recorded:
        audit = Audit(desk(self._db))
        chat = await self._stack.enter_async_context(chat_on(self._db))
        return Recorded(acts_on(chat), audit, self._now_ms)


@contextmanager
def operating(db: Where, now_ms: Callable[[], int]) -> Iterator[Operating]:
    """Operate on a database that is there. Raises ChatError."""
    operate = Operating(db, now_ms)
    try:
        yield operate
    finally:
        operate.close()

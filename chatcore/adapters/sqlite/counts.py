"""Tallies that are asked for one by one: what comes while one query runs shares the next one."""

from __future__ import annotations

import asyncio
import json

from ...domain.ids import ConversationId, UserId
from ...domain.tallies import Tally
from ...errors import StorageUnavailable
from ..sql.standing import tally_of
from .database import Database
from .tallies import select, tally

MOST = 64
"""Tallies of one query, at most: the first one waits for the last."""

_SOME = select(
    "select json_extract(value, '$[0]'), json_extract(value, '$[1]'), key from json_each(?)", joins="order by w.place"
)

_Question = tuple[UserId, ConversationId, asyncio.Future[Tally]]


class Counts:
    """Gathers questions without a timer, as commits are gathered.

    Measured: alone, a query costs more for its way to the thread and the interpreter's lock than for what it reads.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Question] = []
        self._reading: asyncio.Task[None] | None = None

    async def tally(self, user: UserId, conversation: ConversationId) -> Tally:
        """Read one."""
        answer: asyncio.Future[Tally] = asyncio.get_running_loop().create_future()
        self._waiting.append((user, conversation, answer))
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await answer

    async def _read(self) -> None:
        """Answer what waits, until nothing does."""
        try:
            while self._waiting:
                asked, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._answer(asked)
        finally:
            self._reading = None

    async def _answer(self, asked: list[_Question]) -> None:
        try:
            names = json.dumps([(user, conversation) for user, conversation, _ in asked])
            found = map(tally_of, await self._database.read(_SOME, (names,)))
            for (_, _, answer), one in zip(asked, found, strict=True):
                if not answer.done():  # somebody still waits for it
                    answer.set_result(one)
        except StorageUnavailable:  # one of them cannot be read, and the others shall not suffer for it
            for question in asked:
                await self._answer_alone(*question)
        except Exception as error:  # noqa: BLE001 - it is told to all who wait
            _refuse(asked, error)

    async def _answer_alone(self, user: UserId, conversation: ConversationId, answer: asyncio.Future[Tally]) -> None:
        try:
            one = await tally(self._database, user, conversation)
        except Exception as error:  # noqa: BLE001 - it is told to who waits
            _refuse([(user, conversation, answer)], error)
        else:
            if not answer.done():
                answer.set_result(one)


def _refuse(asked: list[_Question], error: Exception) -> None:
    for _, _, answer in asked:
        if not answer.done():
            answer.set_exception(error)

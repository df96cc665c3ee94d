"""The messages of others, one after another, as a program takes them."""

from __future__ import annotations

import math
import weakref
from collections import deque
from collections.abc import AsyncIterator
from typing import Literal, Self

from ..domain.ids import ConversationId, UserId
from ..domain.messages import Message
from ..errors import NotFound, TemporaryError
from .history import History
from .history_message import HistoryMessage, messages_of
from .inbox import Gap, Inbox
from .items import ItemState
from .patience import Patience
from .upkeep import Upkeep

Since = Literal["now", "unread"]


class MessageStream(AsyncIterator[Message]):
    """Messages of others: each once, those of a conversation in its order. Made by `ChatClient.messages`.

    Waits for the next one, also while the connection is away. Raises Closed when the client is left and LoggedOut when
    the session ends, after the last message that has come. A wait that is cancelled loses nothing: go on taking.
    However long a program takes for one, at most 1,000 wait in memory; the others are fetched when it comes to them.

    `_page`
        Fetched, and not taken yet.
    """

    def __init__(
        self, upkeep: Upkeep, history: History, patience: Patience, conversation: ConversationId | None, since: Since
    ) -> None:
        self._replica, self._history, self._patience = upkeep.replica, history, patience
        self._inbox = Inbox(conversation)
        self._is_begun = since == "now"
        self._page: deque[HistoryMessage] = deque()
        self._leave = weakref.finalize(self, upkeep.welcome(self._inbox))
        self._leave.atexit = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        if not self._leave.alive:
            raise StopAsyncIteration
        if not self._is_begun:
            await self._patience.until(lambda: self._replica.complete)
            self._is_begun = True
            self._add_unread()
        while not self._page:
            if self._inbox.gaps:
                await self._fetch(*next(iter(self._inbox.gaps.items())))
            elif self._inbox.live:
                return self._inbox.live.popleft()
            else:
                await self._patience.until(lambda: self._inbox.has_any)
        return self._page.popleft()

    async def aclose(self) -> None:
        """Take no more: what comes from now on is not kept. `contextlib.aclosing` does it at the end of a block."""
        self._leave()

    # ---- what is not in memory

    def _add_unread(self) -> None:
        unread = [row for row in self._replica.rows if row.unread and row.last and self._inbox.wants(row.conversation)]
        for row in sorted(unread, key=lambda row: row.last.number if row.last else 0):
            self._inbox.add_unread(row.conversation, self._replica.shown(row.conversation))

    async def _fetch(self, conversation: ConversationId, gap: Gap) -> None:
        try:
            if not gap.is_located:
                gap.first, gap.is_located = await self._first_unread(conversation), True
            page = await self._history.page(conversation, gap.first - 1, None, patience=math.inf)
        except NotFound:  # another history has begun
            self._inbox.drop(conversation)
            return
        except TemporaryError:
            await self._patience.pause()
            return
        messages = messages_of(page, self._my_id)
        self._page.extend(message for message in messages if self._is_wanted(message, gap))
        if messages:
            self._inbox.fetched(conversation, messages[-1].seq)
        else:
            self._inbox.drop(conversation)

    def _is_wanted(self, message: HistoryMessage, gap: Gap) -> bool:
        if message.seq > gap.last or message.sender == self._my_id:
            return False
        return message.seq > gap.unread_upto or message.state is ItemState.UNREAD

    async def _first_unread(self, conversation: ConversationId) -> int:
        """Return the seq of the first message that is unread: single ones may have been marked in any order."""
        first = before = None
        missing: int | None = None
        while True:
            page = await self._history.page(conversation, None, before, patience=math.inf)
            unread = [each.seq for each in messages_of(page, self._my_id) if each.state is ItemState.UNREAD]
            first = unread[0] if unread else first
            missing = (page.tally.unread if missing is None else missing) - len(unread)
            if missing <= 0 or not page.more or not page.messages:
                return first or page.tally.seq + 1
            before = page.messages[0].seq

    @property
    def _my_id(self) -> UserId:
        return self._replica.me.id if self._replica.me else UserId("")

"""What a program reads of a conversation beyond its timeline: a part, or all of it in either direction."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from ..domain.ids import ConversationId, UserId
from ..wire import frames as f
from ..wire.limits import MAX_PAGE
from .history_message import HistoryMessage, messages_of
from .patience import Patience
from .queries import Queries
from .replica import Replica


class History:
    """Pages of conversations, asked for one after another. All of it raises NotFound and Unreachable."""

    def __init__(self, queries: Queries, patience: Patience, replica: Replica) -> None:
        self._queries, self._patience, self._replica = queries, patience, replica

    async def before(self, conversation: ConversationId, before: int | None, limit: int) -> list[HistoryMessage]:
        """Return the last `limit` messages before a seq, or of all, oldest first."""
        messages: list[HistoryMessage] = []
        before = None if before is None else max(1, before)
        while len(messages) < limit:
            page = await self.page(conversation, None, before, limit - len(messages))
            messages[:0] = messages_of(page, self._my_id)
            if not page.more or not page.messages:
                break
            before = page.messages[0].seq
        return messages

    async def after(
        self, conversation: ConversationId, after: int, before: int | None, limit: int
    ) -> list[HistoryMessage]:
        """Return the first `limit` messages after a seq, those before another one only where there is one."""
        messages: list[HistoryMessage] = []
        after = max(0, after)
        while len(messages) < limit and (before is None or after + 1 < before):
            page = await self.page(conversation, after, None, limit - len(messages))
            messages += [each for each in messages_of(page, self._my_id) if before is None or each.seq < before]
            if not page.more or not page.messages:
                break
            after = page.messages[-1].seq
        return messages

    async def forwards(self, conversation: ConversationId, after: int) -> AsyncGenerator[HistoryMessage, None]:
        """Give each message after a seq until there is no further one, oldest first."""
        while page := await self.after(conversation, after, None, MAX_PAGE):
            for message in page:
                yield message
            after = page[-1].seq

    async def backwards(self, conversation: ConversationId, before: int | None) -> AsyncGenerator[HistoryMessage, None]:
        """Give each message before a seq, or all, newest first."""
        while page := await self.before(conversation, before, MAX_PAGE):
            for message in reversed(page):
                yield message
            before = page[0].seq

    async def page(
        self,
        conversation: ConversationId,
        after: int | None,
        before: int | None,
        limit: int = MAX_PAGE,
        patience: float | None = None,
    ) -> f.Page:
        """Return at most one page: after a seq, or before one, or (both None) the newest."""

        def request(number: int) -> f.History:
            return f.History(number, conversation, after, before, min(MAX_PAGE, limit))

        return await self._patience.ask(lambda: self._queries.ask(request, f.Page), patience)

    @property
    def _my_id(self) -> UserId:
        return self._replica.me.id if self._replica.me else UserId("")

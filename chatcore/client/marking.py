"""Marking a whole conversation as read."""

from __future__ import annotations

from ..domain.ids import ConversationId
from ..domain.marks import MAX_MARKS
from .client import ChatClient


async def read_all(client: ChatClient, conversation: ConversationId, newest: int) -> None:
    """Mark all messages up to the seq `newest` as read. Raises what `unread` and `mark_read` do.

    It goes from the newest up, no further than there are unread ones.
    """
    last = newest
    while last > 0 and await client.unread(conversation):
        first = max(1, last - MAX_MARKS + 1)
        await client.mark_read(conversation, *range(first, last + 1))
        last = first - 1

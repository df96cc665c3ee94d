"""Marking a whole conversation as read."""

from __future__ import annotations

from typing import Protocol

from ..domain.ids import ConversationId
from ..domain.marks import MAX_MARKS
from ..errors import BadFrame

IN_VAIN = 10_000
"""How often marks may change nothing, one time after the other: five million messages that were read before."""


class Reader(Protocol):
    """As much of a client as is needed here."""

    async def unread(self, conversation: ConversationId) -> int:
        """Return how many messages are unread."""

    async def mark_read(self, conversation: ConversationId, *seqs: int) -> None:
        """Mark messages as read."""


async def read_all(client: Reader, conversation: ConversationId, newest: int) -> None:
    """Mark all messages up to the seq `newest` as read. Raises what `unread` and `mark_read` do.

    It goes from the newest up, no further than there are unread ones. A server that has ever more to mark and never
    one message less unread is not believed: BadFrame.
    """
    last, in_vain = newest, 0
    left = await client.unread(conversation) if last > 0 else 0
    while last > 0 and left:
        first = max(1, last - MAX_MARKS + 1)
        await client.mark_read(conversation, *range(first, last + 1))
        last, before, left = first - 1, left, await client.unread(conversation)
        in_vain = 0 if left < before else in_vain + 1
        if in_vain >= IN_VAIN:
            msg = "the server says that messages are unread, and none of them can be marked"
            raise BadFrame(msg, field="seq")

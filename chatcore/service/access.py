"""Who may see which conversation; asked before every other use case."""

from __future__ import annotations

from ..domain.conversations import partner
from ..domain.ids import ConversationId, UserId
from ..errors import NotFound
from .context import Context


async def check_member(ctx: Context, user: UserId, conversation: ConversationId) -> None:
    """Raise NotFound unless the conversation exists and the user belongs to it: which of the two is not told."""
    other = partner(conversation, user)
    if other is not None and other not in ctx.known_users and not await ctx.known_users.look_up(other):
        raise NotFound(field="conversation")

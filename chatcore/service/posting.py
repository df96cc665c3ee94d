"""Writing to a conversation."""

from __future__ import annotations

from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.messages import NewMessage
from .context import Context
from .gate import Lane


async def post(
    ctx: Context,
    user: UserId,
    conversation: ConversationId,
    client_id: ClientId,
    text: str,
    origin: object,
    lane: Lane | None = None,
) -> None:
    """Put a message into the next commit, or first before the application; the outcome is told with the commit.

    Raises NotFound, Empty, TooLong, BadText and Busy.
    """
    message = NewMessage(user, conversation, client_id, text, origin)
    await ctx.membership.check_writer(user, conversation)
    if lane is not None and ctx.gate is not None and ctx.gate.is_watched:
        ctx.gate.submit(message, lane)
    else:
        ctx.writer.submit(message)

"""Writing to a conversation."""

from __future__ import annotations

from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.messages import NewMessage
from .context import Context


async def post(
    ctx: Context, user: UserId, conversation: ConversationId, client_id: ClientId, text: str, origin: object
) -> None:
    """Put a message into the next commit; the outcome is told with it.

    Raises NotFound, Empty, TooLong, BadText and Busy.
    """
    message = NewMessage(user, conversation, client_id, text, origin)
    await ctx.membership.check_writer(user, conversation)
    ctx.writer.submit(message)

"""Writing to a conversation."""

from __future__ import annotations

from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.messages import NewMessage
from ..domain.refusals import NewRefusal
from ..errors import NotAllowed
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

    Raises NotFound, Empty, TooLong, BadText and Busy. That its reader is disabled is told with the outcome: a copy
    under way is refused like the first one, though the reader may be enabled meanwhile.
    """
    message = NewMessage(user, conversation, client_id, text, origin)
    try:
        await ctx.membership.check_writer(user, conversation)
    except NotAllowed as refused:
        ctx.writer.submit(NewRefusal(message, refused))
        return
    if lane is not None and ctx.gate is not None and ctx.gate.is_watched:
        ctx.gate.submit(message, lane)
    else:
        ctx.writer.submit(message)

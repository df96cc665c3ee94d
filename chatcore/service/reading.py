"""Reading: history, what is read, and unread counts."""

from __future__ import annotations

from ..domain.ids import ConversationId, UserId
from ..domain.marks import NewMarks
from ..domain.tallies import Tally
from ..errors import BadFrame, TooLong
from ..ports.storage import Page
from ..wire.limits import MAX_PAGE, MAX_STRETCH
from . import roster
from .context import Context


async def mark(ctx: Context, user: UserId, conversation: ConversationId, seqs: tuple[int, ...], origin: object) -> None:
    """Put marks into the next commit; the outcome is told with it. Raises NotFound, Empty, TooLong, Busy."""
    marks = NewMarks(user, conversation, seqs, origin)
    await ctx.membership.check_reader(user, conversation)
    ctx.writer.submit(marks)


async def count(ctx: Context, user: UserId, conversation: ConversationId) -> Tally:
    """Return the numbers of a conversation. Raises NotFound."""
    await ctx.membership.check_reader(user, conversation)
    return await ctx.storage.tally(user, conversation)


async def unread(ctx: Context, user: UserId) -> int:
    """Return how many messages a user has not read, in all conversations."""
    count, after, more = 0, "", True
    while more:
        tallies, more = await roster.tallies(ctx, user, after)
        count += sum(tally.unread for tally in tallies)
        after = tallies[-1].conversation if tallies else after
    return count


async def history(
    ctx: Context, user: UserId, conversation: ConversationId, after: int | None, before: int | None, limit: int
) -> Page:
    """Return a page of messages. Raises NotFound, BadFrame for a limit that is not 1 to 200, and for no place."""
    if after is not None and before is not None:
        msg = "a page is after a seq or before one, not both"
        raise BadFrame(msg, field="before")
    if after is not None and after < 0:
        msg = "a page is after 0 or a seq, and none is negative"
        raise BadFrame(msg, field="after")
    if before is not None and before < 1:
        msg = "a page is before a seq, and the first one is 1"
        raise BadFrame(msg, field="before")
    if not 1 <= limit <= MAX_PAGE:
        msg = f"a page has 1 to {MAX_PAGE} messages"
        raise BadFrame(msg, field="limit")
    await ctx.membership.check_reader(user, conversation)
    return await ctx.storage.page(user, conversation, after=after, before=before, limit=limit)


async def stretch(ctx: Context, user: UserId, conversation: ConversationId, first: int, last: int) -> Page:
    """Tell which messages between two seqs are read. Raises NotFound, BadFrame, TooLong for more than 1,000 seqs."""
    if not 1 <= first <= last:
        msg = "a stretch begins at 1 or later and ends where it begins or later"
        raise BadFrame(msg, field="first")
    if last - first >= MAX_STRETCH:
        msg = f"at most {MAX_STRETCH} seqs at once"
        raise TooLong(msg, field="last")
    await ctx.membership.check_reader(user, conversation)
    return await ctx.storage.stretch(user, conversation, first, last)

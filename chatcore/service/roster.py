"""The directory and the list of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ..domain.conversations import Conversation
from ..domain.generations import Point
from ..domain.ids import ConversationId, UserId
from ..domain.tallies import Tally
from ..domain.users import User
from ..errors import BadFrame, InvalidName, NotFound
from ..ports.storage import Overview
from ..wire.limits import MAX_TALLIES, MAX_USERS
from .context import Context

T = TypeVar("T")


async def overview(ctx: Context, user: UserId, told: Point | None = None) -> Overview:
    """Return what a client needs at first; `told` is what it was told last."""
    return await ctx.storage.overview(user, ctx.newest, told)


async def find_user(ctx: Context, name: str) -> User:
    """Return the user with this name, in any case. Raises NotFound."""
    try:
        account = await ctx.storage.account(ctx.names.fold(name))
    except InvalidName:
        account = None
    if account is None:
        msg = f"there is no user {name[:40]}"
        raise NotFound(msg, field="name")
    return account.user


async def users(ctx: Context, after: int) -> tuple[Sequence[User], int, bool]:
    """Return the users of the next facts, up to which fact that tells everything, and whether there are more.

    Raises BadFrame for a negative fact.
    """
    if after < 0:
        msg = "facts are counted from 1, and none is negative"
        raise BadFrame(msg, field="after")
    found, more = _page(await ctx.storage.users(after, MAX_USERS + 1), MAX_USERS)
    # The newest fact of all is superseded by none: without more, this is as far as the directory has come.
    return found, found[-1].fact if found else after, more


async def tallies(ctx: Context, user: UserId, after: str) -> tuple[Sequence[Tally], bool]:
    """Return the numbers of the next conversations by id, and whether there are more.

    Raises BadFrame for what is no id of a conversation, and not empty.
    """
    try:
        _ = Conversation.of(ConversationId(after)) if after else None
    except NotFound:
        msg = "the list goes on after the id of a conversation"
        raise BadFrame(msg, field="after") from None
    return _page(await ctx.storage.tallies(user, after, MAX_TALLIES + 1), MAX_TALLIES)


def _page(items: Sequence[T], limit: int) -> tuple[Sequence[T], bool]:
    return items[:limit], len(items) > limit

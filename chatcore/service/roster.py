"""The directory and the list of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ..domain.ids import UserId
from ..domain.reading import Tally
from ..domain.users import User
from ..errors import InvalidName, NotFound
from ..ports.storage import Overview
from .context import Context

PAGE = 60
"""How many tallies (or a sixth of how many users) a page has: at most 48 KiB with the longest texts and names."""

T = TypeVar("T")


async def overview(ctx: Context, user: UserId) -> Overview:
    """Give what a client needs at first."""
    return await ctx.storage.overview(user, ctx.newest)


async def find_user(ctx: Context, name: str) -> User:
    """Give the user with this name, in any case. Raises NotFound."""
    try:
        account = await ctx.storage.account(ctx.names.fold(name))
    except InvalidName:
        account = None
    if account is None:
        msg = f"there is no user {name[:40]}"
        raise NotFound(msg, field="name")
    return account.user


async def users(ctx: Context, after: int) -> tuple[Sequence[User], bool]:
    """Give the next users of the directory, and whether there are more."""
    return _page(await ctx.storage.users(after, 6 * PAGE + 1), 6 * PAGE)


async def tallies(ctx: Context, user: UserId, after: str) -> tuple[Sequence[Tally], bool]:
    """Give the numbers of the next conversations by id, and whether there are more."""
    return _page(await ctx.storage.tallies(user, after, PAGE + 1), PAGE)


def _page(items: Sequence[T], limit: int) -> tuple[Sequence[T], bool]:
    return items[:limit], len(items) > limit

"""Users of an application's own, and changes of accounts: names, display names, keeping people out, forgetting them."""

from __future__ import annotations

import logging
from contextlib import suppress

from ..domain.display_names import account_names, check_display_name
from ..domain.ids import UserId
from ..domain.users import FOREVER_MS, NewUser, User, UserChange, looks_reserved
from ..errors import InvalidName, NameTaken, NotFound
from .accounts import NO_PASSWORD, account_name
from .context import Context
from .hooks import NameDraft, ask_about_name

log: logging.Logger = logging.getLogger(__name__)

MAX_KEY = 255
"""Code points of a key."""
LET_IN_AT_ONCE = 100
"""People whose ban is over, found at a time."""


async def ensure(ctx: Context, key: str, display_name: str | None = None, name: str | None = None) -> User:
    """Return the user with this key, made where there is none, and brought up to date; nothing else is written.

    Where there is no `name` the account's is made from the display name, never from the key. Raises InvalidName, and
    NameTaken where `name` is somebody else's.
    """
    shown = None if display_name is None else check_display_name(display_name)
    wanted = None if name is None else account_name(ctx, name)
    account = await ctx.storage.account_with_key(key)
    while account is None:
        try:
            return await _make(ctx, key, shown, name)
        except NameTaken as taken:
            if taken.field != "key":
                raise
        account = await ctx.storage.account_with_key(key)  # somebody was faster
    change = UserChange(name=wanted, display_name=shown)
    if change.of(account.user, account.user.fact) == account.user:
        return account.user  # thousands may come back at once: none of them waits for the writer
    return await _change(ctx, account.user.id, change)


async def _make(ctx: Context, key: str, shown: str | None, name: str | None) -> User:
    user = ctx.ids.user_id()
    names = [name] if name is not None else list(account_names(shown or "", user))
    taken: NameTaken | InvalidName | None = None
    for each in names:
        try:
            # Nobody has asked for a name that was given up where it is made.
            wanted, is_own = account_name(ctx, each), name is None
            new = NewUser(user, wanted, NO_PASSWORD, display_name=shown or "", key=key, is_own=is_own)
            return await ctx.storage.add_user(new, ctx.clock.now_ms())
        except (NameTaken, InvalidName) as error:
            if error.field == "key":
                raise
            taken = error
    raise taken or NameTaken(field="name")


async def rename(ctx: Context, user: UserId, name: str) -> User:
    """Give an account another name. Raises NotFound, InvalidName, NameTaken."""
    return await _change(ctx, user, UserChange(name=account_name(ctx, name)))


async def set_display_name(ctx: Context, user: UserId, display_name: str, *, is_own: bool = False) -> User:
    """Have a user shown by another name; an empty one stands for the account's. Raises NotFound, InvalidName.

    Who asks for it themselves (`is_own`) gets no name that is reserved or looks like the account of another: then
    InvalidName or NameTaken is raised. The application is asked about it, and may give another one or raise Refused.
    """
    found = await ctx.storage.user(user)
    if found is None:
        raise NotFound(field="user")
    if not display_name.strip():
        shown = ""
    elif is_own:
        shown = _check_own(display_name)
        hook = ctx.hooks.before_name
        other = None if hook is None else await ask_about_name(hook, NameDraft(found, shown), ctx.clock)
        shown = shown if other is None else _check_own(other)
    else:
        shown = check_display_name(display_name)
    return await _change(ctx, user, UserChange(display_name=shown, is_own=is_own))


def _check_own(display_name: str) -> str:
    shown = check_display_name(display_name)
    if looks_reserved(shown):
        msg = f"the name {shown} looks like one that is reserved"
        raise InvalidName(msg, field="display_name")
    return shown


async def disable(ctx: Context, user: UserId, reason: str) -> User:
    """Keep somebody out: their sessions end, and nobody writes to them any more. Raises NotFound.

    When it returns nothing that they have written before is still on its way to the disk.
    """
    changed = await _change(ctx, user, UserChange(disabled=True, reason=reason))
    await ctx.writer.settled()
    log.info("%s was disabled: %s", changed.name, reason or "no reason was given")
    return changed


async def ban(ctx: Context, user: UserId, reason: str, until_ms: int | None) -> User:
    """Keep somebody out as `disable` does, tell them why, and let them in again at a time. Raises NotFound."""
    until = FOREVER_MS if until_ms is None else until_ms
    changed = await _change(ctx, user, UserChange(disabled=True, reason=reason, banned_until_ms=until))
    await ctx.writer.settled()
    log.info("%s was banned: %s", changed.name, reason or "no reason was given")
    return changed


async def end_bans(ctx: Context) -> None:
    """Let those in again whose ban is over."""
    now = ctx.watched_clock.trusted_ms()
    while users := await ctx.storage.bans_over(now, LET_IN_AT_ONCE):
        for user in users:
            with suppress(NotFound):  # erased meanwhile
                await _change(ctx, user, UserChange(disabled=False, over_at_ms=now))
        if len(users) < LET_IN_AT_ONCE:
            return


async def enable(ctx: Context, user: UserId) -> User:
    """Let somebody in again. Raises NotFound."""
    return await _change(ctx, user, UserChange(disabled=False))


async def erase(ctx: Context, user: UserId) -> User:
    """Forget names, key, password and sessions of somebody for good. Raises NotFound."""
    changed = await _change(ctx, user, UserChange(erased=True))
    await ctx.writer.settled()
    return changed


async def _change(ctx: Context, user: UserId, change: UserChange) -> User:
    return await ctx.storage.change_user(user, change, ctx.clock.now_ms())

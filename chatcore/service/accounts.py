"""Registering, logging in and out, and going on with a session."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ..domain.ids import Token, UserId
from ..domain.users import User, check_password, password_forms
from ..errors import InvalidName, LoggedOut, WrongCredentials
from ..ports.storage import Account
from .context import Context


def digest(token: Token) -> str:
    """Return what is kept of a token: its SHA-256. A token has 256 random bits, so that no slow hash is needed."""
    return sha256(token.encode()).hexdigest()


async def register(ctx: Context, name: str, password: str) -> User:
    """Make an account. Raises InvalidName, WeakPassword, NameTaken, Busy."""
    folded = ctx.names.fold(name)
    password_hash = await ctx.hasher.hash(check_password(password))
    return await ctx.storage.add_user(ctx.ids.user_id(), name, folded, password_hash, ctx.clock.now_ms())


async def check_credentials(ctx: Context, name: str, password: str) -> User:
    """Return the user whose name and password these are. Raises WrongCredentials, the same for an unknown name."""
    account = await _account(ctx, name)
    # How many forms are tried hangs on what was typed alone: the time does not tell whether there is an account.
    for form in password_forms(password):
        right = await ctx.hasher.verify(account.password_hash if account else None, form)
        if account is not None and right:
            return account.user
    raise WrongCredentials


async def begin_session(ctx: Context, user: UserId) -> Token:
    """Make a session and give its token, which is kept nowhere."""
    token = ctx.ids.token()
    await ctx.storage.add_session(digest(token), user, ctx.watched_clock.trusted_ms())
    return token


async def resume(ctx: Context, token: Token) -> User:
    """Return the user whose session this is. Raises LoggedOut where it has ended or grown too old."""
    now, life = ctx.watched_clock.trusted_ms(), ctx.session_life
    user = await ctx.storage.session(digest(token), now, now - life.idle_ms, now - life.total_ms)
    if user is None:
        raise LoggedOut
    return user


async def renew(ctx: Context, sessions: Sequence[str]) -> None:
    """The sessions with these digests are in use; those that have grown too old are forgotten."""
    now, life = ctx.watched_clock.trusted_ms(), ctx.session_life
    await ctx.storage.renew_sessions(sessions, now, now - life.idle_ms, now - life.total_ms)


async def log_out(ctx: Context, session: str) -> None:
    """End the session with this digest."""
    await ctx.storage.end_session(session)


async def _account(ctx: Context, name: str) -> Account | None:
    try:
        return await ctx.storage.account(ctx.names.fold(name))
    except InvalidName:
        return None

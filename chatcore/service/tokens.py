"""The tokens of a session: where one leads to, and another one in its place."""

from __future__ import annotations

from ..domain.ids import Token
from ..domain.sessions import Led
from ..errors import NotAllowed
from .accounts import digest
from .context import Context
from .sessions import is_of_guest


async def led(ctx: Context, token: Token) -> Led:
    """Return the session that a token leads to, which is used now: those before it do no more."""
    return await ctx.storage.led(digest(token))


async def renew(ctx: Context, session: str) -> Token | None:
    """Make another token of a session; None where its newest one is too young for that.

    The tokens of before lead in until it is used for the first time. Raises NotAllowed where the application says who
    comes.
    """
    if is_of_guest(session):
        msg = "the application says who comes here: there are no tokens"
        raise NotAllowed(msg)
    token, now = ctx.ids.token(), ctx.watched_clock.trusted_ms()
    is_made = await ctx.storage.renew_token(session, digest(token), now, now - ctx.session_life.token_ms)
    return token if is_made else None

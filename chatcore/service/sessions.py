"""What becomes of sessions: listing and ending one's own, and ending many at once."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ..domain.ids import UserId
from ..domain.sessions import Ages, SessionRecord
from ..errors import NotAllowed, NotFound
from ..ports.guests import Guest
from ..wire.limits import MAX_SESSIONS
from .context import Context

HOUR_MS = 3_600_000


async def of(ctx: Context, user: UserId) -> Sequence[SessionRecord]:
    """List the sessions of a user, those that began first before the others."""
    return await ctx.storage.sessions_of(user, ages(ctx))


async def page(ctx: Context, user: UserId, after: str) -> tuple[Sequence[SessionRecord], bool]:
    """Return the first sessions of a user with ids above `after`, by id, and whether there are more."""
    rest = sorted((session for session in await of(ctx, user) if session.id > after), key=lambda session: session.id)
    return rest[:MAX_SESSIONS], len(rest) > MAX_SESSIONS


async def end_other(ctx: Context, user: UserId, session: str, own: str) -> None:
    """End a session of a user for another one of theirs. Raises NotFound, and NotAllowed for this one itself."""
    if session == own:
        msg = "this is the session that asks: log out to end it"
        raise NotAllowed(msg, field="session")
    if session not in {known.id for known in await of(ctx, user)}:
        msg = "there is no such session of yours"
        raise NotFound(msg, field="session")
    await ctx.storage.end_session(session)


async def end_all(ctx: Context, user: UserId) -> Sequence[str]:
    """End all sessions of a user; return which they were."""
    return await ctx.storage.end_sessions_of(user)


async def end_host(ctx: Context, host: str) -> Sequence[str]:
    """End the sessions that belong to one of the application's, by its digest; return which they were."""
    return await ctx.storage.end_sessions_of_host(host)


async def enter(ctx: Context, guest: Guest, session: str, address: str) -> None:
    """Go on with a guest's session, or begin it. Raises NotAllowed, NotFound."""
    lasts_ms = HOUR_MS if guest.host is None else None
    await ctx.storage.enter_session(session, guest.user, ages(ctx), lasts_ms=lasts_ms, host=guest.host, address=address)


def host_digest(session: str) -> str:
    """Return what is kept of the application's own session: its SHA-256."""
    return f"host.{_sha256(session)}"


def digest_of(guest: Guest, instance: str) -> str:
    """Return by what a guest's session is known: by the application's one, or by the client. No token leads to it."""
    return f"guest.{_sha256(f'{guest.user} {guest.host or instance}')}"


def is_of_guest(session: str) -> bool:
    """Return whether it is a session that an application's log-in has begun."""
    return session.startswith("guest.")


def _sha256(text: str) -> str:
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def ages(ctx: Context) -> Ages:
    """Return the present, and since when a session must have been used, and have begun, to live."""
    now, life = ctx.watched_clock.trusted_ms(), ctx.session_life
    return Ages(now, now - life.idle_ms, now - life.total_ms)

"""Who comes from the program's own application, which knows who they are: nobody asks them for a password."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import attrs

from ..ports.clock import Clock
from ..ports.guests import Guest
from ..service.context import Context
from ..service.sessions import host_digest
from .users import Users, check_type

log: logging.Logger = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds within which an application must know who comes."""


@attrs.frozen
class Identity:
    """Who somebody is for the application that the chat is in."""

    key: str
    "By which the application knows the user, as in `chat.users.ensure`: an unknown one makes the user."
    display_name: str | None = None
    "By which others see them; None leaves it as it is."
    session: str | None = attrs.field(default=None, repr=False)
    """The application's own id of the session of this browser: the same one is the same session of the chat at each
    connection, and `chat.sessions.end_host` ends it. Without one, a session lasts until an hour after its last use."""


async def admit(
    context: Context, users: Users, clock: Clock, ask: Callable[[], Awaitable[Identity | None]]
) -> Guest | None:
    """Return who comes, by what the application says of them; None where they may not.

    Raises what `ask` raises, TypeError, TimeoutError, and what `Users.ensure` does.
    """
    since = clock.monotonic()
    async with clock.timeout(PATIENCE):
        identity = await ask()
    if identity is None:
        return None
    check_type("what says who comes", identity, Identity, "an Identity or None")
    if identity.session is not None:
        check_type("session", identity.session, str, "a text or None")
    user = await users.ensure(identity.key, display_name=identity.display_name)
    if user.disabled:
        account = await context.storage.account_of(user.id)
        log.info(
            "%s is disabled and was not let in: %s",
            user.name,
            (account and account.exclusion.reason) or "no reason given",
        )
        return None
    return Guest(user.id, None if identity.session is None else host_digest(identity.session), since)

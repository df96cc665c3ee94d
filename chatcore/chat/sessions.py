"""The sessions of a chat's users, for the program that has it inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import attrs

from ..domain.ids import Token, UserId
from ..domain.users import User
from ..service import accounts
from .users import OpenContext, check_type, id_of

MAX_LABEL = 64


@attrs.frozen
class Session:
    """A session of a user: on one device, in one browser or program."""

    id: str
    "By which it is ended. Nobody can log in with it."
    label: str
    "What it is for, as it was said when it began; empty where nothing was."
    begun: datetime
    last_used: datetime
    "Both are aware, in UTC; the second is right to a hundredth of how long a session may lie idle."


class Sessions:
    """`chat.sessions`: begins sessions of users for whose log-in the program answers, lists them and ends them."""

    def __init__(self, context: OpenContext, end: Callable[[str], None]) -> None:
        """`end` ends the connections of a session at every host."""
        self._context, self._end = context, end

    async def begin(self, user: User | UserId, *, label: str = "") -> Token:
        """Begin a session and return its token, for `chatcore.connect(url, token=…)`; it is kept nowhere.

        Unused for 30 days the session ends, and 180 days after it began. `label` has at most 64 characters.
        Raises NotFound where there is no such user.
        """
        check_type("label", label, str, f"a text of at most {MAX_LABEL} characters")
        if len(label) > MAX_LABEL:
            msg = f"label has at most {MAX_LABEL} characters, this one has {len(label)}"
            raise ValueError(msg)
        context = self._context()
        known = await accounts.known(context, id_of(user))
        return await accounts.begin_session(context, known.id, label)

    async def of(self, user: User | UserId) -> Sequence[Session]:
        """List the sessions of a user, those that began first before the others. Raises NotFound."""
        context = self._context()
        known = await accounts.known(context, id_of(user))
        return [
            Session(record.digest, record.label, _time(record.begun_at_ms), _time(record.used_at_ms))
            for record in await context.storage.sessions_of(known.id)
        ]

    async def end(self, session: Session | str) -> None:
        """End a session by its id: its token is worth nothing any more, and its connections end within a second.

        Nothing happens where there is none: it has ended already.
        """
        digest = session.id if isinstance(session, Session) else session
        check_type("session", digest, str, "a session or its id")
        await accounts.log_out(self._context(), digest)
        self._end(digest)

    async def end_all(self, user: User | UserId) -> None:
        """End all sessions of a user. Raises NotFound."""
        for session in await self.of(user):
            await self.end(session)


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

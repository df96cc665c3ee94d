"""The sessions of a chat's users, for the program that has it inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from ..domain.ids import Token, UserId, is_digest
from ..domain.sessions import MAX_LABEL, Session, told
from ..domain.users import User
from ..service import accounts, sessions
from .users import OpenContext, check_line, check_type, id_of

SHORTEST = timedelta(minutes=1)


class Sessions:
    """`chat.sessions`: begins sessions of users for whose log-in the program answers, lists them and ends them."""

    def __init__(self, context: OpenContext, end: Callable[[str], None]) -> None:
        """`end` ends the connections of a session at every host."""
        self._context, self._end = context, end

    async def begin(self, user: User | UserId, *, label: str = "", lasts: timedelta | None = None) -> Token:
        """Begin a session and return its token, for `chatcore.connect(url, token=…)`; it is kept nowhere.

        Unused for as long as it `lasts` (30 days, or a time between a minute and 180 days) the session ends, and 180
        days after it began. `label` has at most 64 characters. Raises NotFound where there is no such user.
        """
        check_line("label", label, 0, MAX_LABEL)
        context = self._context()
        longest = timedelta(milliseconds=context.session_life.total_ms)
        if lasts is not None:
            check_type("lasts", lasts, timedelta, "a timedelta or None")
            if not SHORTEST <= lasts <= longest:
                msg = f"lasts is between one minute and {longest.days} days, not {lasts}"
                raise ValueError(msg)
        known = await accounts.known(context, id_of(user))
        return await accounts.begin_session(context, known.id, label, None if lasts is None else _ms(lasts))

    async def of(self, user: User | UserId) -> Sequence[Session]:
        """List the sessions of a user, those that began first before the others. Raises NotFound."""
        context = self._context()
        known = await accounts.known(context, id_of(user))
        return [told(record) for record in await sessions.of(context, known.id)]

    async def end(self, session: Session | str) -> None:
        """End a session by its id: its token is worth nothing any more, and its connections end within a second.

        Nothing happens where there is none: it has ended already.
        """
        digest = session.id if isinstance(session, Session) else session
        check_type("session", digest, str, "a session or its id")
        if not is_digest(digest):
            return
        await accounts.log_out(self._context(), digest)
        self._end(digest)

    async def end_all(self, user: User | UserId) -> None:
        """End all sessions that a user has at this moment, and their connections within a second. Raises NotFound."""
        context = self._context()
        known = await accounts.known(context, id_of(user))
        for digest in await sessions.end_all(context, known.id):
            self._end(digest)

    async def end_host(self, session: str) -> None:
        """End what belongs to a session of the application's own, as `Identity.session` has told of it.

        For its log-out: the sessions of the chat end, and their connections within a second; other browsers and devices
        of the user stay. Nothing happens where there is none.
        """
        check_type("session", session, str, "the application's own id of a session")
        context, host = self._context(), sessions.host_digest(session)
        self._end(host)  # who is about to come in by it is refused from now on
        for digest in await sessions.end_host(context, host):
            self._end(digest)


def _ms(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)

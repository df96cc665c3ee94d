"""Who is active: sessions with a living connection, or within the grace after a broken one."""

from __future__ import annotations

from collections.abc import Hashable

import attrs

from .ids import UserId

GRACE = 5.0
"""Seconds for which a session stays present after its last connection broke."""

SessionKey = Hashable
ConnectionKey = Hashable


@attrs.define
class _Session:
    user: UserId
    connections: set[ConnectionKey] = attrs.field(factory=set)
    gone_at: float | None = None
    "When the grace ends, where no connection lives."


class Presence:
    """The presence of all sessions. Times are seconds of one monotonic clock, passed in."""

    def __init__(self, grace: float = GRACE) -> None:
        self._grace = grace
        self._sessions: dict[SessionKey, _Session] = {}
        self._present: dict[UserId, int] = {}
        self._changed: set[UserId] = set()

    @property
    def active(self) -> frozenset[UserId]:
        """The users with at least one session that is present."""
        return frozenset(self._present)

    def is_active(self, user: UserId) -> bool:
        """Return whether one of the user's sessions is present."""
        return user in self._present

    def connected(self, session: SessionKey, user: UserId, connection: ConnectionKey) -> None:
        """A connection of the session came up."""
        known = self._sessions.get(session)
        if known is None:
            known = self._sessions[session] = _Session(user)
            self._count(user, +1)
        known.connections.add(connection)
        known.gone_at = None

    def closed(self, session: SessionKey, connection: ConnectionKey) -> None:
        """A connection ended by a close frame: no grace."""
        self._disconnect(session, connection, None)

    def broken(self, session: SessionKey, connection: ConnectionKey, now: float) -> None:
        """A connection was lost: its session stays present for the grace, unless another connection lives."""
        self._disconnect(session, connection, now + self._grace)

    def logged_out(self, session: SessionKey) -> None:
        """The session ended, with all its connections: no grace."""
        gone = self._sessions.pop(session, None)
        if gone is not None:
            self._count(gone.user, -1)

    def expire(self, now: float) -> None:
        """End the sessions whose grace is over."""
        for key in [key for key, s in self._sessions.items() if s.gone_at is not None and s.gone_at <= now]:
            self.logged_out(key)

    def next_expiry(self) -> float | None:
        """Return when the next grace is over, None where none runs."""
        return min((s.gone_at for s in self._sessions.values() if s.gone_at is not None), default=None)

    def take_changed(self) -> frozenset[UserId]:
        """Return the users whose status may have changed since the last call."""
        changed, self._changed = frozenset(self._changed), set()
        return changed

    def _disconnect(self, session: SessionKey, connection: ConnectionKey, gone_at: float | None) -> None:
        known = self._sessions.get(session)
        if known is None or connection not in known.connections:
            return
        known.connections.remove(connection)
        if not known.connections:
            known.gone_at = gone_at
            if gone_at is None:
                self.logged_out(session)

    def _count(self, user: UserId, step: int) -> None:
        present = self._present.get(user, 0) + step
        if present:
            self._present[user] = present
        else:
            del self._present[user]
        self._changed.add(user)

"""The sessions that ended a moment ago, for those who were about to come in by one of them."""

from __future__ import annotations

REMEMBERED = 60.0
"""Seconds for which it is known that a session has ended: longer than anybody takes to come in."""


class EndsOfSessions:
    """When which session has ended, the application's own too. Times are seconds of one monotonic clock, passed in."""

    def __init__(self) -> None:
        self._ended_at: dict[str, float] = {}
        "Those that ended first before the others."

    def note(self, session: str, now: float) -> None:
        """A session has ended."""
        while self._ended_at and next(iter(self._ended_at.values())) < now - REMEMBERED:
            del self._ended_at[next(iter(self._ended_at))]
        self._ended_at.pop(session, None)
        self._ended_at[session] = now

    def has(self, session: str, since: float) -> bool:
        """Return whether a session has ended since a moment, at most a minute ago."""
        return self._ended_at.get(session, since - 1) >= since

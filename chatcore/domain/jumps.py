"""When the clock of a machine jumps: how a message is dated then, and which time to go by meanwhile."""

from __future__ import annotations

JUMP_MS = 60_000
"""A step of the clock by more than this is no correction of a few seconds: it was wrong before, or is now."""

TRUSTED_AFTER = 24 * 3600.0
"""Seconds after a jump until the new time is used: nobody can know at once which of the two times is right."""


def dated(now_ms: int, before_ms: int) -> int:
    """Return the time of a message: now, but not before the message before it, unless that one's clock was wrong."""
    return before_ms if now_ms < before_ms <= now_ms + JUMP_MS else now_ms


class TrustedTime:
    """The time of day as a clock that never jumps would tell it: a jump of the real one counts only after a day.

    All times are in ms since 1970 UTC, those of `monotonic` in seconds. Look at it so often that the two clocks do not
    drift apart by a minute in between.
    """

    def __init__(self, now_ms: int, monotonic: float) -> None:
        self._trusted = self._seen = _offset(now_ms, monotonic)
        self._since = monotonic

    def look(self, now_ms: int, monotonic: float) -> int:
        """Take both clocks in. Return by how many ms the time of day has jumped since the last look; else 0."""
        offset = _offset(now_ms, monotonic)
        jump = offset - self._seen
        self._seen = offset
        if abs(jump) <= JUMP_MS:
            jump = 0
        else:
            self._since = monotonic
        if abs(offset - self._trusted) <= JUMP_MS or monotonic - self._since >= TRUSTED_AFTER:
            self._trusted = offset
        return jump

    def at(self, monotonic: float) -> int:
        """Return the time of day to go by, in ms since 1970 UTC."""
        return round(monotonic * 1000) + self._trusted


def _offset(now_ms: int, monotonic: float) -> int:
    return now_ms - round(monotonic * 1000)

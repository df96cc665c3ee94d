"""When to try again to reach a database or a bus that does not answer: ever later, and no two servers at one moment."""

from __future__ import annotations

FIRST, LAST = 0.1, 3.0
"""Seconds until the next try, at first and at most."""


class Reach:
    """Whether it is away. Times are seconds of one monotonic clock, passed in."""

    def __init__(self) -> None:
        self._pause = FIRST
        self._due = 0.0
        self.is_away: bool = False

    def failed(self, now: float, fraction: float) -> None:
        """It could not be reached; `fraction` is chance, from 0 to 1."""
        if now < self._due:
            return  # several have tried at once
        self.is_away = True
        self._due = now + self._pause * (0.5 + fraction / 2)
        self._pause = min(LAST, self._pause * 2)

    def reached(self) -> bool:
        """It has answered. Return whether it had been away."""
        was_away, self.is_away = self.is_away, False
        self._pause, self._due = FIRST, 0.0
        return was_away

    def wait(self, now: float) -> float:
        """Return for how many seconds nobody is to try."""
        return max(0.0, self._due - now) if self.is_away else 0.0

"""Which numbers of the log are old enough: the ages of commits, in little memory however many there are."""

from __future__ import annotations

from collections import deque

import attrs

TOGETHER = 0.5
"""Seconds within which commits count as one: the first of them is that much older, at most, when it is ripe."""


@attrs.define
class _Some:
    first_at: float
    last_at: float
    number: int
    "Of the last one."


class Ripe:
    """Says up to which number everything is old enough. Times are seconds of one monotonic clock, passed in."""

    def __init__(self, after: float) -> None:
        self._after = after
        self._noted: deque[_Some] = deque()
        self._upto = 0

    def note(self, number: int, now: float) -> None:
        """Everything up to this number is committed; what was not noted before is as old as this."""
        newest = self._noted[-1] if self._noted else None
        if newest is None or now > newest.first_at + TOGETHER:
            self._noted.append(_Some(now, now, number))
        else:
            newest.last_at, newest.number = now, max(number, newest.number)

    def upto(self, now: float) -> int:
        """Return the number up to which everything is old enough."""
        while self._noted and self._noted[0].last_at + self._after <= now:
            self._upto = max(self._upto, self._noted.popleft().number)
        return self._upto

    def next_due(self) -> float | None:
        """Return when `upto` will say more, None where nothing waits."""
        return self._noted[0].last_at + self._after if self._noted else None

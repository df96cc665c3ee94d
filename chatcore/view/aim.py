"""What somebody aims at in what moves by itself: what they saw a moment ago, when they decided."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")

LAG = 0.5
"""Seconds that people need from what they see to the key or press with which they answer it."""

GLANCE = 0.02
"""Seconds for which a picture has to stand to be seen at all."""


class Aim(Generic[T]):
    """The pictures of the last moment: a key or a press is an answer to the one that was in view `LAG` ago."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, T]] = deque()
        "Since when each can be seen, in order. They are at least `GLANCE` apart, so there are never many."

    def seen(self, picture: T, now: float) -> None:
        """This is what can be seen from now on. `now` is in seconds that never go backwards."""
        if self._seen and self._seen[-1][1] == picture:
            return
        if self._seen and now - self._seen[-1][0] < GLANCE:
            since, _ = self._seen.pop()
            self._seen.append((since, picture))
        else:
            self._seen.append((now, picture))
        self._forget(now)

    def renew(self) -> None:
        """The person has changed what there is to see, or it is out of view: what was there before no longer counts."""
        self._seen.clear()

    def at(self, now: float) -> T | None:
        """Return what was in view when somebody decided who acts now; None where nothing has been in view yet."""
        self._forget(now)
        return self._seen[0][1] if self._seen else None

    def is_steady(self, now: float) -> bool:
        """Return whether what is in view now is what was there when somebody decided who acts now."""
        self._forget(now)
        return len(self._seen) < 2  # noqa: PLR2004 - the one that is in view, and the one that was

    def _forget(self, now: float) -> None:
        while len(self._seen) > 1 and self._seen[1][0] <= now - LAG:
            self._seen.popleft()

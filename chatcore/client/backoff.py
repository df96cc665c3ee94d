"""How long to wait before the next try to connect.

Full jitter, so that many clients of a server that went down do not come back at one moment. Source: M. Brooker,
"Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

from collections.abc import Callable

FIRST, MOST = 0.5, 30.0
CALM = 5.0
"""After this many seconds of being connected the next loss counts as the first. A server that keeps nobody so long is
in trouble, and is left alone more and more; with one that does it was the network, and everybody wants to be back."""

CROWDED_FIRST, CROWDED_MOST = 30.0, 1_800.0
"""The longest pauses of who had to go since there are too many connections: who came back at once would push the next
one out, and that one another, without end."""
ROOMY = 24 * 3_600.0
"""After this many seconds of being connected there is room again for all. Of 21 clients with 20 places each is
connected twenty times as long as it pauses, and so for ten hours before it is its turn to go."""


class Backoff:
    """Counts failures; times are seconds of one monotonic clock, passed in."""

    def __init__(self, fraction: Callable[[], float]) -> None:
        self._fraction = fraction
        self._failures = self._pushed_out = 0
        self._up_since: float | None = None

    def connected(self, now: float) -> None:
        """A connection came up."""
        self._up_since = now

    def delay(self, now: float) -> float:
        """A connection failed or was lost: give the seconds to wait."""
        if self._lasted(now) >= CALM:
            self._failures = 0
        self._up_since = None
        most = min(MOST, FIRST * 2.0**self._failures)
        self._failures = min(self._failures + 1, 10)
        return most * self._fraction()

    def crowded(self, now: float) -> float:
        """A connection had to go since there were too many: give the seconds to wait, half of the longest at least."""
        if self._lasted(now) >= ROOMY:
            self._pushed_out = 0
        self._up_since = None
        most = min(CROWDED_MOST, CROWDED_FIRST * 2.0**self._pushed_out)
        self._pushed_out = min(self._pushed_out + 1, 10)
        return most * (1 + self._fraction()) / 2

    def _lasted(self, now: float) -> float:
        return 0.0 if self._up_since is None else now - self._up_since

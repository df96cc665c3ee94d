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


class Backoff:
    """Counts failures; times are seconds of one monotonic clock, passed in."""

    def __init__(self, fraction: Callable[[], float]) -> None:
        self._fraction = fraction
        self._failures = 0
        self._up_since: float | None = None

    def connected(self, now: float) -> None:
        """A connection came up."""
        self._up_since = now

    def delay(self, now: float) -> float:
        """A connection failed or was lost: give the seconds to wait."""
        if self._up_since is not None and now - self._up_since >= CALM:
            self._failures = 0
        self._up_since = None
        most = min(MOST, FIRST * 2.0**self._failures)
        self._failures = min(self._failures + 1, 10)
        return most * self._fraction()

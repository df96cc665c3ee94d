"""How fast one user may write what is long: so much at once, then evenly, so that those who read come along."""

from __future__ import annotations

RATE = 256 * 1024
"""Bytes a second: 16 of the longest messages, which 500 readers get as 128 MiB."""

BURST = 256 * 1024
"""Bytes at once: no more than may wait for a connection and in its socket, so that who reads late is not cut."""

LIGHT = 1024
"""Bytes of a frame that is not counted: of these the server can write fewer than anybody can read."""


class Pace:
    """Counts what one user writes, over all connections, and says how long to wait. Nothing is refused."""

    def __init__(self, rate: float = RATE, burst: float = BURST) -> None:
        self._rate, self._slack = rate, burst / rate
        self._due = float("-inf")
        "When all that was taken would have come, evenly."

    def take(self, size: int, now: float) -> float:
        """Return for how many seconds nothing more is to be read, after so many bytes."""
        self._due = max(self._due, now - self._slack) + size / self._rate
        return max(0.0, self._due - now)

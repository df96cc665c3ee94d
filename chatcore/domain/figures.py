"""What is worth watching of a running chat, as numbers: how much there is now, and what was done since the start."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

import attrs

MOST_CODES = 100
"""Of errors; there are fewer, and whatever an application raises shall not become memory."""

ACK_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
BATCH_CHANGES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class Histogram:
    """How often a value was at most so much."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds: tuple[float, ...] = tuple(bounds)
        self.counts: list[int] = [0] * (len(bounds) + 1)
        "Of the values up to each bound and above the one before; the last one is of those above all."
        self.sum: float = 0.0

    def observe(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    @property
    def total(self) -> int:
        """How many values were counted."""
        return sum(self.counts)


class Meter:
    """Counts what a host does."""

    def __init__(self) -> None:
        self.acks: Histogram = Histogram(ACK_SECONDS)
        "Seconds from when a message or mark was taken until its commit was done."
        self.batches: Histogram = Histogram(BATCH_CHANGES)
        "Messages and marks of a commit."
        self.messages = self.connections = self.cut = 0
        self._refused, self._failed = Counter[str](), Counter[str]()

    @property
    def refused(self) -> Mapping[str, int]:
        """Requests that were refused, by the codes of their errors."""
        return self._refused

    @property
    def failed(self) -> Mapping[str, int]:
        """Commits that were not made, by the codes of their errors."""
        return self._failed

    def refuse(self, code: str) -> None:
        """Count a refusal."""
        _count(self._refused, code)

    def fail(self, code: str) -> None:
        """Count a commit that was not made."""
        _count(self._failed, code)


def _count(counter: Counter[str], code: str) -> None:
    counter[code if code in counter or len(counter) < MOST_CODES else "other"] += 1


@attrs.frozen
class Figures:
    """What `Chat.figures` gives: what there is at this moment, and `done`, what was done since the chat was opened."""

    logged_in: int
    "Connections on which somebody is logged in."
    strangers: int
    "Connections on which nobody is, yet."
    sessions: int
    "Sessions with a connection."
    active: int
    "Users who are shown active."
    waiting: int
    "Messages and marks that wait for a commit."
    hashes: int
    "Log-ins that wait for their password to be looked at."
    done: Meter

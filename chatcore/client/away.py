"""Whether anybody looks: told to the server, which then counts nobody as there whom a message could reach."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ChatError, TemporaryError, Unreachable
from ..wire import frames as f
from .asking import Ask
from .pacing import Pacing

AWAY_AFTER = 60.0
"""Seconds without a look after which a client is away."""


class Away:
    """What the frontend reports of its window; a program that never reports anything is never away."""

    def __init__(self, ask: Ask, pacing: Pacing) -> None:
        self._ask, self._pacing = ask, pacing
        self._left_at: float | None = None
        "When the last look ended; None where somebody looks, or nobody has said anything."
        self._told = False
        "What the server knows: a connection begins with somebody who is there."
        self._under_way = False
        self._not_before = 0.0

    def window_active(self, active: bool) -> None:
        """Somebody looks at the window, or no longer."""
        if active:
            self._left_at = None
        elif self._left_at is None:
            self._left_at = self._pacing.now()

    def send_due(self, now: float) -> None:
        """Tell the server where it knows otherwise."""
        away = self._left_at is not None and now >= self._left_at + AWAY_AFTER
        if away != self._told and not self._under_way and now >= self._not_before:
            self._under_way = True
            self._ask(lambda number: f.SetAway(number, away), self._answered(away))

    def next_due(self) -> float | None:
        """Return when something is to be told, None where nothing is."""
        if self._under_way or self._told == (self._left_at is not None):
            return None
        return self._not_before if self._left_at is None else max(self._not_before, self._left_at + AWAY_AFTER)

    def connection_lost(self) -> None:
        """With the next connection the server knows nothing of it."""
        self._told = self._under_way = False

    def _answered(self, away: bool) -> Callable[[f.Answer | ChatError], None]:
        def done(answer: f.Answer | ChatError) -> None:
            if isinstance(answer, Unreachable):
                return
            self._under_way = False
            if isinstance(answer, TemporaryError):
                self._not_before = self._pacing.later(answer)
            else:
                self._told = away

        return done

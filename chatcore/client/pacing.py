"""When what was refused for now is asked again."""

from __future__ import annotations

from collections.abc import Callable

from ..domain.ids import ClientId
from ..errors import TemporaryError
from ..ports.clock import Clock
from ..ports.ids import IdSource

RETRY_AFTER = 0.5
"""The least seconds after which what was refused for now is tried again; by chance up to twice as long."""


class Pacing:
    """The client's clock and chance."""

    def __init__(self, clock: Clock, ids: IdSource) -> None:
        self._clock, self._ids = clock, ids
        self.fraction: Callable[[], float] = ids.fraction

    def now(self) -> float:
        """Return the seconds of the monotonic clock."""
        return self._clock.monotonic()

    def now_ms(self) -> int:
        """Return the time of day, in ms since 1970 UTC."""
        return self._clock.now_ms()

    def later(self, refusal: TemporaryError | None = None) -> float:
        """Return when to try again what was refused for now: when the server says, where it does."""
        if refusal is not None and refusal.wait is not None:
            return self.now() + refusal.wait
        return self.now() + RETRY_AFTER * (1 + self._ids.fraction())

    def client_id(self) -> ClientId:
        """Make the id of a post."""
        return self._ids.client_id(self._clock.now_ms())

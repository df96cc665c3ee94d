"""A clock whose jumps are noticed: the log says so, and no session is judged by a time that has just jumped."""

from __future__ import annotations

import logging
from datetime import timedelta

from ..domain.jumps import TrustedTime
from ..domain.messages import instant
from ..ports.clock import Clock

LOOK_EVERY = 60.0
"""Seconds between two looks at the clock when nobody asks for the time."""

log: logging.Logger = logging.getLogger(__name__)


class WatchedClock:
    """Watches a clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._time = TrustedTime(clock.now_ms(), clock.monotonic())

    def trusted_ms(self) -> int:
        """Return the time of day to judge sessions by, in ms since 1970 UTC."""
        now_ms, monotonic = self._clock.now_ms(), self._clock.monotonic()
        jump = self._time.look(now_ms, monotonic)
        if jump:
            log.warning(
                "the machine's clock has jumped %s by %s and says %s now (or the machine slept): "
                "messages get the new time, how long sessions live is counted by the former one for a day",
                "ahead" if jump > 0 else "back",
                timedelta(seconds=abs(jump) // 1000),
                instant(now_ms).isoformat(timespec="seconds"),
            )
        return self._time.at(monotonic)

    async def watch(self) -> None:
        """Look at the clock again and again."""
        while True:
            self.trusted_ms()
            await self._clock.sleep(LOOK_EVERY)

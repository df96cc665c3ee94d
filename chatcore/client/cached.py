"""What an earlier program knew: taken up at a start, and kept now and then for the next one."""

from __future__ import annotations

import logging
from datetime import datetime

from ..domain.ids import UserId
from ..domain.messages import instant
from ..ports.cache import CacheKeeper
from .follower import Follower
from .pacing import Pacing
from .posts import Posts

log: logging.Logger = logging.getLogger(__name__)

KEEP_EVERY = 30.0
"""Seconds after a change within which it is kept, so that many changes are kept at once."""


class Cached:
    """The cache of one client.

    `as_of_ms`
        Since when nothing is known of what the replica shows, by the clock; None where it was in step in this program.
    `_due`
        When to keep what has changed; None where nothing has.
    """

    def __init__(self, keeper: CacheKeeper, follower: Follower, posts: Posts, pacing: Pacing) -> None:
        self._keeper, self._follower, self._posts, self._pacing = keeper, follower, posts, pacing
        self._due: float | None = None
        self.as_of_ms: int | None = None

    @property
    def as_of(self) -> datetime | None:
        """`as_of_ms` as an aware UTC datetime."""
        return None if self.as_of_ms is None else instant(self.as_of_ms)

    def open(self) -> None:
        """Take up what an earlier program knew, where it can be had."""
        known = self._keeper.open()
        if known is None:
            return
        try:
            self._follower.restore(known)
            self._posts.entered(known.me.id)
            self._follower.reopen(known.pages)  # of what waits, some may be stored by now
        except Exception:
            log.exception("what an earlier program knew is of no use: everything is asked for anew")
            self._posts.set_aside(known.me.id)
            self._follower.leave()
        else:
            self.as_of_ms = known.at_ms
        self._posts.heard(self._follower.take_own())
        self._follower.take_notes()  # nobody was told anything before

    def caught_up(self) -> None:
        """The server has told how things stand."""
        self.as_of_ms = None

    def changed(self) -> None:
        """Something was dealt with that may have changed what is known."""
        if self._due is None:
            self._due = self._pacing.now() + KEEP_EVERY

    def next_due(self) -> float | None:
        """Return when something is to be kept, None where nothing is."""
        return self._due

    def keep_due(self, now: float) -> None:
        """Keep what has changed, where it is time; and later, while something is still missing."""
        if self._due is not None and now >= self._due:
            self._due = None if self._keep() else now + KEEP_EVERY

    def connection_lost(self) -> None:
        """From now on something may be missing: keep what is not kept yet."""
        if self._due is not None and self._keep():
            self._due = None

    def drop(self, user: UserId) -> None:
        """The session of a user has ended: nothing stays."""
        self._due = self.as_of_ms = None
        self._keeper.drop(user)

    def close(self) -> None:
        """Keep what is not kept yet, and no more from now on."""
        self.connection_lost()
        self._keeper.close()

    def _keep(self) -> bool:
        known = self._follower.known(self._pacing.now_ms())
        if known is not None:
            self._keeper.keep(known)
        return known is not None

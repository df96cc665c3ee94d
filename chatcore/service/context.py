"""What the use cases work with."""

from __future__ import annotations

import attrs

from ..domain.ids import UserId
from ..domain.users import NamePolicy
from ..ports.auth import PasswordHasher
from ..ports.clock import Clock
from ..ports.ids import IdSource
from ..ports.storage import Storage
from .watched_clock import WatchedClock
from .writer import Writer

DAY_MS = 24 * 3600 * 1000
MAX_KNOWN = 100_000


@attrs.frozen
class SessionLife:
    """How long a session lives, in ms."""

    idle_ms: int = 30 * DAY_MS
    "Since it was last used."
    total_ms: int = 180 * DAY_MS
    "Since it began."

    @property
    def renewal(self) -> float:
        """Return the seconds after which a session's use is noted again: a small part of what it may be idle."""
        return self.idle_ms / 1000 / 100


class KnownUsers:
    """The users of whom it is known that they exist: users are never deleted, so it needs to be asked only once."""

    def __init__(self, storage: Storage, limit: int = MAX_KNOWN) -> None:
        self._storage, self._limit = storage, limit
        self._known: set[UserId] = set()

    def __contains__(self, user: UserId) -> bool:
        return user in self._known

    def __len__(self) -> int:
        return len(self._known)

    def add(self, user: UserId) -> None:
        """Remember that the user exists."""
        if len(self._known) >= self._limit:
            self._known.clear()
        self._known.add(user)

    async def look_up(self, user: UserId) -> bool:
        """Return whether the user exists, and remember it if so."""
        if user not in self._known and await self._storage.user(user) is not None:
            self.add(user)
        return user in self._known


@attrs.frozen
class Context:
    """The ports and rules under the use cases."""

    storage: Storage
    writer: Writer
    clock: Clock
    watched_clock: WatchedClock
    ids: IdSource
    hasher: PasswordHasher
    names: NamePolicy
    known_users: KnownUsers
    session_life: SessionLife = SessionLife()
    newest: int = 50
    "How many conversations a snapshot has beside the general chat."

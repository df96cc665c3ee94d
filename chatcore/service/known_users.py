"""The users of whom it is known that they exist."""

from __future__ import annotations

from ..domain.ids import UserId
from ..ports.storage import Accounts

MAX_KNOWN = 100_000


class KnownUsers:
    """Asks the storage only once: users are never deleted."""

    def __init__(self, accounts: Accounts, limit: int = MAX_KNOWN) -> None:
        self._accounts, self._limit = accounts, limit
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
        if user not in self._known and await self._accounts.user(user) is not None:
            self.add(user)
        return user in self._known

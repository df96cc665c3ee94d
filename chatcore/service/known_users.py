"""The users of whom it is known that they exist and are not disabled."""

from __future__ import annotations

from ..domain.ids import UserId
from ..domain.users import User
from ..ports.storage import Accounts

MAX_KNOWN = 100_000


class KnownUsers:
    """Asks the storage only once about each, until they are changed."""

    def __init__(self, accounts: Accounts, limit: int = MAX_KNOWN) -> None:
        self._accounts, self._limit = accounts, limit
        self._known: set[UserId] = set()
        self._changes = 0
        "How often somebody was changed: what was read before may be out of date."

    def __contains__(self, user: UserId) -> bool:
        return user in self._known

    def __len__(self) -> int:
        return len(self._known)

    def add(self, user: UserId) -> None:
        """Remember that the user exists, and is not disabled."""
        if len(self._known) >= self._limit:
            self._known.clear()
        self._known.add(user)

    def changed(self, user: UserId) -> None:
        """Ask about the user again."""
        self._known.discard(user)
        self._changes += 1

    async def look_up(self, user: UserId) -> User | None:
        """Return the user, None where there is none, and remember them if they are not disabled."""
        changes = self._changes
        found = await self._accounts.user(user)
        if found is not None and not found.disabled and changes == self._changes:
            self.add(user)
        return found

"""The users that a client knows of: a log like any other, numbered without holes."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.ids import UserId
from ..domain.users import User


class Directory:
    """Users in the order of their registration, without holes."""

    def __init__(self) -> None:
        self.users: list[User] = []
        self._by_id: dict[UserId, User] = {}
        self._by_name: dict[str, User] = {}
        self._told = 0

    def __len__(self) -> int:
        return len(self.users)

    @property
    def is_complete(self) -> bool:
        """Whether every user that was heard of is here."""
        return len(self.users) >= self._told

    def hear(self, number: int) -> None:
        """There are at least so many users."""
        self._told = max(self._told, number)

    def add(self, users: Iterable[User]) -> list[User]:
        """Take the ones that come next; give those. An older one is passed over, a later one comes with the pull."""
        added = []
        for user in users:
            if user.number == len(self.users) + 1:
                self.users.append(user)
                self._by_id[user.id] = user
                self._by_name[user.name.casefold()] = user
                added.append(user)
        return added

    def get(self, user: UserId) -> User | None:
        """Find a user by id."""
        return self._by_id.get(user)

    def named(self, name: str) -> User | None:
        """Find a user by name, in any case."""
        return self._by_name.get(name.casefold())

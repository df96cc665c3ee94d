"""The users that a client knows of: as of a fact, like any other log the next one is taken and a gap is pulled."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Literal

from ..domain.ids import UserId
from ..domain.users import User
from ..errors import BadFrame

Learned = Literal["new", "changed"]


MOST_USERS = 1_000_000
"""Users that a client holds. A server that tells of more is broken or wants its clients' memory."""


class Directory:
    """Users in the order of their registration, each as the newest fact about them says."""

    def __init__(self) -> None:
        self.users: list[User] = []
        self._by_id: dict[UserId, User] = {}
        self._by_name: dict[str, User] = {}
        self.upto: int = 0
        "Every fact up to this one is known here, or superseded by a later one that is."
        self.told: int = 0
        "The newest fact heard of."

    def __len__(self) -> int:
        return len(self.users)

    @property
    def is_complete(self) -> bool:
        """Whether every fact that was heard of is here."""
        return self.upto >= self.told

    def hear(self, fact: int) -> None:
        """There are at least so many facts."""
        self.told = max(self.told, fact)

    def tell(self, user: User) -> list[tuple[User, Learned]]:
        """A fact came by itself: the next one is taken, an older one passed over, a later one comes with the pull."""
        self.hear(user.fact)
        return self.take([user], user.fact) if user.fact == self.upto + 1 else []

    def take(self, users: Iterable[User], upto: int) -> list[tuple[User, Learned]]:
        """Take a page that tells everything from `upto` here to `upto` there; give what it says that is not known."""
        learned = [(user, how) for user in users if (how := self._put(user))]
        self.upto = max(self.upto, upto)
        self.hear(upto)
        return learned

    def get(self, user: UserId) -> User | None:
        """Find a user by id."""
        return self._by_id.get(user)

    def named(self, name: str) -> User | None:
        """Find a user by the name of their account, in any case."""
        return self._by_name.get(name.casefold())

    def _put(self, user: User) -> Learned | None:
        former = self._by_id.get(user.id)
        if former and former.fact >= user.fact:
            return None
        at = bisect_left(self.users, user.number, key=lambda user: user.number)
        holder = self.users[at] if at < len(self.users) and self.users[at].number == user.number else None
        if holder is not former:
            msg = "each user has one number for ever, and no number is two users'"
            raise BadFrame(msg, field="number")
        if former is None and len(self.users) >= MOST_USERS:
            msg = f"there are not more than {MOST_USERS:,} users"
            raise BadFrame(msg, field="users")
        if former:
            self.users[at] = user
            if self._by_name.get(former.name.casefold()) is former:
                del self._by_name[former.name.casefold()]
        else:
            self.users.insert(at, user)
        self._by_id[user.id] = user
        if not user.erased:
            self._by_name[user.name.casefold()] = user
        return "changed" if former else "new"

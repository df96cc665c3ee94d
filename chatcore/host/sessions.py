"""The connections that live: by session from when that is known, and by user from when somebody is logged in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from ..domain.ids import UserId
from ..domain.users import User


class Place(Protocol):
    """A connection, as it is kept here."""

    session: str
    "The digest of the token; empty before it is known."
    user: User | None
    "Who is logged in."


C = TypeVar("C", bound=Place)


class Sessions(Generic[C]):
    """Finds connections. A connection that was removed is in none of its maps."""

    def __init__(self) -> None:
        self._living: dict[C, None] = {}
        self._by_session: dict[str, dict[C, None]] = {}
        self.everybody: dict[C, None] = {}
        "Those on which somebody is logged in."
        self.by_user: dict[UserId, dict[C, None]] = {}
        "The same, by user, in the order in which they entered. Both are for reading."

    def __iter__(self) -> Iterator[C]:
        """Give all that live, logged in or not."""
        return iter(tuple(self._living))

    def add(self, connection: C) -> None:
        """Keep a connection of which nothing is known yet."""
        self._living[connection] = None

    def begin(self, connection: C, session: str) -> None:
        """The session is known, whether or not it is valid: a connection may try several."""
        self._leave_session(connection)
        connection.session = session
        self._by_session.setdefault(session, {})[connection] = None

    def has_begun(self, connection: C) -> bool:
        """Return whether the connection was not removed since its session began here."""
        return connection in self._by_session.get(connection.session, ())

    def enter(self, connection: C, user: UserId) -> None:
        """Somebody is logged in on the connection."""
        self.everybody[connection] = None
        self.by_user.setdefault(user, {})[connection] = None

    def remove(self, connection: C) -> None:
        """Forget a connection; nothing happens where it is forgotten."""
        self._living.pop(connection, None)
        self.everybody.pop(connection, None)
        if connection.user is not None:
            _take(self.by_user, connection.user.id, connection)
        self._leave_session(connection)

    def of_session(self, session: str) -> Sequence[C]:
        """Return the connections of a session, in the order in which they began."""
        return tuple(self._by_session.get(session, ()))

    @property
    def digests(self) -> Sequence[str]:
        """The sessions that are in use."""
        return tuple(self._by_session)

    @property
    def entered(self) -> Sequence[str]:
        """The sessions in which somebody is logged in: these were begun in the storage."""
        return tuple({connection.session: None for connection in self.everybody})

    def _leave_session(self, connection: C) -> None:
        _take(self._by_session, connection.session, connection)


K = TypeVar("K")


def _take(by_key: dict[K, dict[C, None]], key: K, connection: C) -> None:
    """Take a connection out, and the key where it was the last."""
    of_key = by_key.get(key, {})
    of_key.pop(connection, None)
    if not of_key:
        by_key.pop(key, None)

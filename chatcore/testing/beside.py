"""One more storage object over what a storage in memory keeps, as each host of a chat has one of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..domain.generations import Point
from ..domain.ids import UserId
from ..domain.users import NewUser, User, UserChange
from ..ports.commits import Change, Commit, CommitListener, Outcome
from ..ports.recent_marks import MarksMade, RecentMarks
from ..ports.storage import Storage


class Beside:
    """Tells what was committed through itself, and nothing of what another object has committed."""

    def __init__(self, kept: Storage, is_alone: Callable[[], bool] = lambda: True) -> None:
        """`is_alone` says whether no other host is at work: only then its start is a generation."""
        self._kept, self._is_alone = kept, is_alone
        self._listeners: list[CommitListener] = []
        self._is_writing = False  # no method of the storage in memory waits, so there is one at a time
        kept.listen(self._committed)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the storage has
        return getattr(self._kept, name)

    def listen(self, listener: CommitListener) -> Callable[[], None]:
        """See Storage."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def begin(self, generation: str) -> Point:
        """See Storage."""
        if self._is_alone():
            return await self._kept.begin(generation)
        return (await self._kept.overview(UserId(""), 0)).point

    async def append(self, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        """See Storage."""
        self._is_writing = True
        try:
            return await self._kept.append(changes, now_ms)
        finally:
            self._is_writing = False

    async def add_user(self, new: NewUser, now_ms: int) -> User:
        """See Storage."""
        self._is_writing = True
        try:
            return await self._kept.add_user(new, now_ms)
        finally:
            self._is_writing = False

    async def change_user(self, user: UserId, change: UserChange, now_ms: int) -> User:
        """See Storage."""
        self._is_writing = True
        try:
            return await self._kept.change_user(user, change, now_ms)
        finally:
            self._is_writing = False

    async def marks_after(self, place: int | None, limit: int) -> MarksMade:
        """See RecentMarks."""
        assert isinstance(self._kept, RecentMarks)
        return await self._kept.marks_after(place, limit)

    async def set_password(self, user: UserId, password_hash: str, spare: str = "") -> Sequence[str]:
        """See Storage."""
        return await self._kept.set_password(user, password_hash, spare)

    def _committed(self, commit: Commit) -> None:
        if self._is_writing:
            for listener in tuple(self._listeners):
                listener(commit)

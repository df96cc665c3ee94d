"""The cache port: keeps what a client knows, so that the next start of its program begins with it."""

from __future__ import annotations

from typing import Protocol

import attrs

from ..domain.generations import Point
from ..domain.ids import UserId
from ..domain.tallies import Tally
from ..domain.users import User
from .storage import Page


@attrs.frozen
class Known:
    """What a client knew at a moment when nothing it had heard of was missing. All of it is one history's."""

    at_ms: int
    "When that was, by the clock of the client's machine."
    me: User
    epoch: str
    told: Point
    "The generation, and how far log and directory had come; every fact up to `told.facts` is in `users`."
    users: tuple[User, ...]
    tallies: tuple[Tally, ...]
    "The conversations, each as far as the client was: of no message before is anything missing."
    pages: tuple[Page, ...]
    "The newest messages of the conversations that were opened last, without a hole up to the tally's; that one last."


class CacheKeeper(Protocol):
    """Keeps the last thing that it was given; that may be lost, and is then found out anew. Nothing here raises."""

    def open(self) -> Known | None:
        """Return what was kept of the user, whole; None where there is nothing, or it cannot be read."""

    def keep(self, known: Known) -> None:
        """Keep this in the place of the former; return at once."""

    def drop(self, user: UserId) -> None:
        """Leave nothing of a user: they have logged out."""

    def close(self) -> None:
        """Keep no more; what is kept stays, and what was given last is kept by then."""


class NoCache:
    """Keeps nothing: each start begins anew."""

    def open(self) -> None:
        """Return nothing."""

    def keep(self, known: Known) -> None:
        """Keep nothing."""

    def drop(self, user: UserId) -> None:
        """Drop nothing."""

    def close(self) -> None:
        """Close nothing."""

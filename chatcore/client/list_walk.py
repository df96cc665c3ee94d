"""How far the list was walked: after each log-in the numbers of all conversations are asked for, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.tallies import Tally
from .wishes import WantTallies


class ListWalk:
    """A walk in the order of the conversations' ids, which never moves.

    `_after`
        The id after which it goes on, "" at its beginning; None where none is under way.
    `has_begun`
        Whether there was one in this history of the server: whether its snapshot has come.
    `has_ended`
        Whether one has ended in this history: then what is not held had no messages.
    """

    def __init__(self) -> None:
        self._after: str | None = None
        self.has_begun: bool = False
        self.has_ended: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the whole list is here, since the connection came up."""
        return self.has_begun and self._after is None

    def begin(self) -> None:
        """A snapshot came: whatever has changed before it is found by walking."""
        self.has_begun, self._after = True, ""

    def connection_lost(self) -> None:
        """Nothing tells what changes until the next snapshot."""
        self._after = ""

    def take(self, tallies: Sequence[Tally], *, more: bool) -> None:
        """A page came; whether it is not the last."""
        self._after = tallies[-1].conversation if more and tallies else None
        self.has_ended = self.has_ended or self._after is None

    def missing(self) -> WantTallies | None:
        """Return the wish for the next page; None where none is under way."""
        return None if self._after is None else WantTallies(self._after)

"""Things that stand one below the other in a picture, and which of them stands at a height."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Generic, TypeVar

import attrs

T = TypeVar("T")


@attrs.frozen
class Stack(Generic[T]):
    """Things from above, in whatever a frontend measures by: lines of a terminal, pixels of a window."""

    things: Sequence[T] = ()
    edges: Sequence[int] = ()
    "The height at which each begins, and at which the last one ends: one more than there are things."

    def under(self, height: int) -> T | None:
        """Return what stands there, None for nothing."""
        place = self.place(height)
        return None if place is None else self.things[place]

    def place(self, height: int) -> int | None:
        """Return the index of what stands there."""
        place = bisect_right(self.edges, height) - 1
        return place if 0 <= place < len(self.things) else None

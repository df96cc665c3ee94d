"""Which history: the generations of a database, which show whether what a client holds is still true."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

KEPT = 10_000
"""How many generations are remembered: whoever comes back with an older one begins anew."""


@attrs.frozen
class Point:
    """How far a server's history had come: where a generation began, or what a client was told last."""

    generation: str
    "Which start of a server on the database it was; random."
    number: int
    "The log's: no message has a greater one."
    facts: int
    "The directory's: no fact has a greater one."


class Generations:
    """The generations of a database, each by the point at which it began, the oldest first.

    People put older copies of a database in place without telling anybody. Each start of a server writes down a
    generation, so whatever was told after the copy was made is of a generation that the copy does not know, or from
    beyond the place where the next one of the copy began.
    """

    def __init__(self, begun: Iterable[Point] = ()) -> None:
        self._ends: dict[str, Point | None] = {}
        "Where the next generation began; None for the present one."
        self.present: str = ""
        for point in begun:
            self.begin(point)

    def begin(self, point: Point) -> None:
        """A server starts."""
        if self.present:
            self._ends[self.present] = point
        self.present = point.generation
        self._ends[self.present] = None
        if len(self._ends) > KEPT:
            del self._ends[next(iter(self._ends))]

    def has(self, told: Point, now: Point) -> bool:
        """Return whether what was told at a point belongs to this history, which has come to `now`.

        What was told in an earlier generation is compared with the end of that one: an older copy may have grown
        beyond it since.
        """
        if told.generation not in self._ends:
            return False
        end = self._ends[told.generation] or now
        return told.number <= end.number and told.facts <= end.facts

"""Which history of a server a client's copy belongs to: a restored database, or an older copy of it, is another one."""

from __future__ import annotations

from enum import Enum

from ..domain.generations import Point
from ..wire import frames as f


class Continuity(Enum):
    """How a snapshot goes on with what is held."""

    FIRST = "first"
    "Nothing was held."
    SAME = "same"
    RENEWED = "renewed"
    "The server has started again on the same history: all that is counted stays, but marks may be others."
    ANOTHER = "another"
    "Nothing that was held is valid."


class ServerHistory:
    """What the server told of its history.

    `_epoch`
        The name of the database's history; "" where nothing of it is held.
    `_generation`
        The start of the server that the newest snapshot told of.
    `number`
        The greatest number of its log heard of, from anything. It only grows, until a snapshot says it.
    `_began_at`
        The number that this program's first snapshot of this history said: what has a greater one is news.
    `_entered_at`
        The number that the newest snapshot said: what has a greater one comes as an event, too.
    """

    def __init__(self) -> None:
        self._epoch = self._generation = ""
        self.number: int = 0
        self._began_at: int | None = None
        self._entered_at: int = 0

    def point(self, facts: int) -> Point | None:
        """Return what the server told last, `facts` of the directory's; None where nothing is held."""
        return Point(self._generation, self.number, facts) if self._epoch else None

    def restore(self, epoch: str, told: Point) -> None:
        """An earlier program was told this last."""
        self._epoch, self._generation, self.number = epoch, told.generation, told.number

    @property
    def epoch(self) -> str:
        """The name of the database's history; "" where nothing of it is held."""
        return self._epoch

    def is_news(self, number: int) -> bool:
        """Whether what has this number was committed since this program began."""
        return self._began_at is not None and number > self._began_at

    @property
    def has_gone_on(self) -> bool:
        """Whether there may be news that no event of this connection tells."""
        return self.is_news(self._entered_at)

    def hear(self, number: int) -> None:
        """Something of this number was committed."""
        self.number = max(self.number, number)

    def take(self, snapshot: f.Snapshot) -> Continuity:
        """A snapshot came; tells how it goes on with what is held."""
        former_epoch, former_generation = self._epoch, self._generation
        self._epoch, self._generation = snapshot.epoch, snapshot.point.generation
        self.number = self._entered_at = snapshot.point.number
        is_another = snapshot.epoch != former_epoch or not snapshot.is_same
        if is_another or self._began_at is None:
            self._began_at = snapshot.point.number
        if not former_epoch:
            return Continuity.FIRST
        if is_another:
            return Continuity.ANOTHER
        return Continuity.SAME if self._generation == former_generation else Continuity.RENEWED

"""A batch of changes on its way into the database, as often as it takes."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ...domain.marks import NewMarks
from ...domain.messages import NewMessage
from ...domain.refusals import NewRefusal
from ...ports.commits import Change, Marked, Outcome, Repeated, Stored


@attrs.define
class Batch:
    """What is to be written, and what came of a try of which it is not known whether it is stored."""

    changes: Sequence[Change]
    now_ms: int
    doubted: Sequence[Outcome] | None = None

    @property
    def posts(self) -> list[NewMessage | NewRefusal]:
        """Those that go into the log, in their order."""
        return [change for change in self.changes if not isinstance(change, NewMarks)]

    @property
    def marks(self) -> list[NewMarks]:
        """The others."""
        return [change for change in self.changes if isinstance(change, NewMarks)]

    def settled(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Return what is to be told of this try: where the one in doubt was stored after all, what that one did.

        What is told twice does no harm, what is told never does: of two messages in two databases under one client id
        there is only one.
        """
        if self.doubted is None:
            return list(outcomes)
        return [_settled(before, now) for before, now in zip(self.doubted, outcomes, strict=True)]


def _settled(before: Outcome, now: Outcome) -> Outcome:
    if isinstance(before, Stored) and isinstance(now, Repeated):
        return Stored(before.change, now.message)
    if isinstance(before, Marked) and isinstance(now, Marked) and now.event is None:
        is_the_same = before.tally.version == now.tally.version
        return before if is_the_same and before.event is not None else now
    return now

"""The port of recent marks: what was read lately, for hosts that look for what others have committed."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import attrs

from ..domain.events import MessagesRead

MOST_KEPT = 65_536
"""Marks that are kept for those who look: what is older is found no more."""


@attrs.frozen
class MarksMade:
    """Marks that were made, in the order of commits, read in one transaction."""

    place: int
    "Behind the last one; from here it goes on."
    made: tuple[MessagesRead, ...]


@runtime_checkable
class RecentMarks(Protocol):
    """Keeps the marks of the last while. A storage that several hosts share does so; one of a single host need not.

    Read states themselves are kept for ever (`ports.storage.Logs`): this is only how a host hears which have changed.
    """

    async def marks_after(self, place: int | None, limit: int) -> MarksMade:
        """Read the first marks after a place that changed something, as long as they are among the last `MOST_KEPT`.

        None is the present end: nothing is given but the place. So it is where a place is from beyond the end, as
        after an older copy was put in place. What has been read, and the version, are those of the mark; all else in
        a tally, and how many have read a message, may be as they were then or as they are now. Nothing that is
        committed later stands before what was given.
        """

"""Telling commits to those who listen, and giving their outcomes to whoever asked for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...domain.marks import NewMarks
from ...ports.commits import Change, Commit, CommitListener, Outcome


class Telling:
    """Those who listen to a storage."""

    def __init__(self) -> None:
        self._listeners: list[CommitListener] = []

    def listen(self, listener: CommitListener) -> Callable[[], None]:
        """Call a listener with each commit, until what is returned is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, commit: Commit) -> None:
        """Tell a commit."""
        for listener in tuple(self._listeners):
            listener(commit)


def in_order_of(changes: Sequence[Change], outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """Return the outcomes in the order of the changes: they come with those of the marks after all others."""
    count = sum(not isinstance(change, NewMarks) for change in changes)
    if count in {0, len(changes)}:
        return outcomes
    posted, marked = iter(outcomes[:count]), iter(outcomes[count:])
    return [next(marked if isinstance(change, NewMarks) else posted) for change in changes]

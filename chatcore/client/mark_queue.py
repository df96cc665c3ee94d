"""Marks that wait to be sent together."""

from __future__ import annotations

from collections.abc import Callable, Collection

import attrs

from ..domain.conversations import kind_of
from ..domain.ids import ConversationId
from ..domain.marks import MAX_MARKS

PAUSE = 0.25
"""The least seconds between two batches of marks of one conversation."""

CROWD_PAUSE = 1.0
"""The same where many read, with up to as much jitter again: there all readers mark the same message."""


@attrs.define
class _Marks:
    wanted: set[int] = attrs.field(factory=set)
    under_way: frozenset[int] = frozenset()
    not_before: float = 0.0


class MarkQueue:
    """The marks that the server does not know yet, gathered into batches of at most 500."""

    def __init__(self, fraction: Callable[[], float]) -> None:
        self._fraction = fraction
        self._by_conversation: dict[ConversationId, _Marks] = {}

    def add(self, conversation: ConversationId, seqs: Collection[int], now: float) -> None:
        """Remember that messages were displayed."""
        if not seqs:
            return
        marks = self._by_conversation.get(conversation)
        if marks is None:
            pause = CROWD_PAUSE * self._fraction() if kind_of(conversation).is_crowd else 0.0
            marks = self._by_conversation[conversation] = _Marks(not_before=now + pause)
        marks.wanted |= set(seqs) - marks.under_way

    def take(self, now: float) -> list[tuple[ConversationId, tuple[int, ...]]]:
        """Return the batches that are due, and count them as under way."""
        due = []
        for conversation, marks in self._by_conversation.items():
            if marks.wanted and not marks.under_way and marks.not_before <= now:
                batch = sorted(marks.wanted)[:MAX_MARKS]
                marks.wanted.difference_update(batch)
                marks.under_way = frozenset(batch)
                marks.not_before = now + self._pause(conversation)
                due.append((conversation, tuple(batch)))
        return due

    def next_due(self) -> float | None:
        """Return when the next batch is due, None where none waits."""
        waiting = (marks for marks in self._by_conversation.values() if marks.wanted and not marks.under_way)
        return min((marks.not_before for marks in waiting), default=None)

    def answered(self, conversation: ConversationId) -> None:
        """The batch under way was stored, or refused for good."""
        marks = self._by_conversation.get(conversation)
        if marks is not None:
            marks.under_way = frozenset()

    def postponed(self, conversation: ConversationId, until: float) -> None:
        """The batch under way is to be tried again."""
        marks = self._by_conversation[conversation]
        marks.wanted |= marks.under_way
        marks.under_way = frozenset()
        marks.not_before = until

    def connection_lost(self) -> None:
        """What was under way is to be sent again: marks may come twice."""
        for marks in self._by_conversation.values():
            marks.wanted |= marks.under_way
            marks.under_way = frozenset()

    def clear(self) -> None:
        """Forget everything: the seqs are those of a history that is no more."""
        self._by_conversation.clear()

    def _pause(self, conversation: ConversationId) -> float:
        return CROWD_PAUSE * (1 + self._fraction()) if kind_of(conversation).is_crowd else PAUSE

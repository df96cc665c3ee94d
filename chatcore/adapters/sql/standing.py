"""How a member stands in a conversation, made of the columns of a record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from ...domain.conversations import Conversation
from ...domain.messages import Last
from ...domain.read_states import ReadState
from ...domain.tallies import Tally

WIDTH = 10
"""How many columns of a record are the tally."""


@attrs.frozen
class Standing:
    """How a member, and in a direct conversation the other one, stand; the runs are those near some messages."""

    tally: Tally
    mine: ReadState
    others: ReadState

    def receipts(self, own: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Return those of the member's own messages, as seq and counted readers, that somebody has read."""
        if Conversation.of(self.tally.conversation).kind.counts_readers:
            return tuple((seq, readers) for seq, readers in own if readers)
        return tuple((seq, 1) for seq, _ in own if self.others.has(seq))


def read_state(cursor: int | None, runs: str | None, read: int = 0, version: int = 0) -> ReadState:
    """Make a read state of what is stored of it, if anything is."""
    if cursor is None or runs is None:
        return ReadState()
    # Most have read everything; this is taken for each of hundreds of readers.
    parsed = () if runs == "[]" else tuple(sorted((first, end) for first, end in json.loads(runs)))
    return ReadState(cursor, parsed, read, version)


def tally_of(record: Sequence[Any]) -> Tally:
    """Make a tally of the first columns of a record."""
    conversation, seq, live, own, sender, text, sent_at_ms, number, read, version = record[:WIDTH]
    if seq is None:
        return Tally(conversation, read=read, version=version)
    return Tally(conversation, seq, live, own, Last(seq, sender, text, sent_at_ms, number), read, version)

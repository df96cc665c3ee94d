"""How a member stands in a conversation, made of the columns of a record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from ...domain.conversations import Conversation
from ...domain.ids import UserId
from ...domain.messages import Last, Message
from ...domain.read_states import ReadState
from ...domain.tallies import Tally
from ...ports.storage import Page

WIDTH = 10
"""How many columns of a record are the tally."""


@attrs.frozen
class Standing:
    """How a member, and in a direct conversation the other one, stand; the runs are those near some messages."""

    tally: Tally
    mine: ReadState
    others: ReadState

    def page(self, user: UserId, entries: Sequence[Sequence[Any]], *, is_backward: bool) -> Page:
        """Make a page of messages by seq: each has the columns of a `Message` but the first, and its counted readers.

        `is_backward` is whether they were asked for from the end of the conversation on.
        """
        if not entries:
            return Page(self.tally, (), (), (), more=False)
        messages = tuple(Message(self.tally.conversation, *entry[:-1]) for entry in entries)
        first, end = messages[0].seq, messages[-1].seq
        receipts = self._receipts((seq, readers) for seq, sender, *_, readers in entries if sender == user)
        more = first > 1 if is_backward else end < self.tally.seq
        return Page(self.tally, messages, self.mine.clipped(first, end), receipts, more)

    def stretch(self, own: Iterable[Sequence[int]], first: int, last: int) -> Page:
        """Make a page without messages: of the member's own ones come seq and counted readers."""
        receipts = self._receipts((seq, readers) for seq, readers in own)
        return Page(self.tally, (), self.mine.clipped(first, last), receipts, more=False)

    def _receipts(self, own: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
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

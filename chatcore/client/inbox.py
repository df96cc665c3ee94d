"""Messages of others that a program has not taken yet: some of them kept, of more it is only kept where they are."""

from __future__ import annotations

from collections import deque

import attrs

from ..domain.ids import ConversationId
from ..domain.messages import Message
from .observer import Observer

KEPT = 1_000
"""How many messages are kept. A program that takes longer costs no more: what comes then is read again later."""


@attrs.define
class Gap:
    """Messages of one conversation that are to be fetched."""

    first: int
    last: int
    unread_upto: int = 0
    "Up to this seq only what is unread counts; 0 where everything does."
    is_located: bool = True
    "Whether `first` is where something begins, and not just the first message there is."


class Inbox(Observer):
    """Told as an observer is, taken from in the order of each conversation.

    `live`
        Messages, in the order in which they came. At most KEPT.
    `gaps`
        What is to be fetched before anything else of the same conversation: none of its messages is in `live`.
    """

    def __init__(self, conversation: ConversationId | None, kept: int = KEPT) -> None:
        self._conversation, self._kept = conversation, kept
        self.live: deque[Message] = deque()
        self.gaps: dict[ConversationId, Gap] = {}

    @property
    def has_any(self) -> bool:
        """Whether there is anything to take."""
        return bool(self.live or self.gaps)

    def wants(self, conversation: ConversationId) -> bool:
        """Return whether messages of this conversation are taken at all."""
        return self._conversation in {None, conversation}

    def message_received(self, message: Message) -> None:
        """Keep it, or where it is."""
        if not self.wants(message.conversation):
            return
        if len(self.live) >= self._kept:
            self._put_away()
        if gap := self.gaps.get(message.conversation):
            gap.last = message.seq
        else:
            self.live.append(message)

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:
        """Fetch them instead."""
        if self.wants(conversation):
            self._open(conversation, first, last)

    def add_unread(self, conversation: ConversationId, upto: int) -> None:
        """What is unread up to this seq is wanted before what has come since."""
        gap = self._open(conversation, 1, upto)
        gap.unread_upto, gap.is_located = upto, False

    def fetched(self, conversation: ConversationId, upto: int) -> None:
        """Everything up to this seq is here."""
        gap = self.gaps[conversation]
        gap.first = upto + 1
        if gap.first > gap.last:
            del self.gaps[conversation]

    def drop(self, conversation: ConversationId) -> None:
        """There is nothing to fetch."""
        self.gaps.pop(conversation, None)

    def _open(self, conversation: ConversationId, first: int, last: int) -> Gap:
        kept = [message.seq for message in self.live if message.conversation == conversation]
        if kept:
            self.live = deque(message for message in self.live if message.conversation != conversation)
        gap = self.gaps.setdefault(conversation, Gap(first, last))
        gap.first, gap.last = min(gap.first, first, *kept), max(gap.last, last, *kept)
        return gap

    def _put_away(self) -> None:
        messages, self.live = self.live, deque()
        for message in messages:
            self._open(message.conversation, message.seq, message.seq)

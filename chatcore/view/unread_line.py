"""Where the line "unread messages" stands in an open conversation."""

from __future__ import annotations

from collections.abc import Iterable

from ..client.changes import Change, Insert, Move, Remove, Reset, Update
from ..client.items import Item, ItemState


class UnreadLine:
    """The place of the line, for one opening of one conversation: a frontend makes a new one each time it opens it.

    The line is put before the first message that was unread when the conversation was opened, and stays there while
    the messages become read. Messages that come later are no reason for a line while somebody watches them come; those
    that come while nobody does begin a new line, once all behind the old one were read. Posting takes the line away.
    """

    def __init__(self, newest: int, *, watching: bool = True) -> None:
        """Begin with what is known at the opening.

        `newest` is the seq of the conversation's last message (0 where there is none), as its row has it; `watching`
        is told as in the method of this name.
        """
        self._newest = newest
        self._opening = newest
        "Up to this seq messages were there at the opening."
        self._passed = 0
        "Up to this seq no message can have the line any more."
        self._watching = watching
        self._unseen: set[int] = set()
        "Unread messages that nobody saw come."
        self._seq: int | None = None

    @property
    def seq(self) -> int | None:
        """The line stands before the message with this seq; None: there is no line."""
        return self._seq

    def watching(self, watching: bool) -> None:
        """Tell whether somebody sees messages come: the window is active and shows the end of the conversation."""
        self._watching = watching

    def posted(self) -> None:
        """The user posted a message in this conversation."""
        self._seq = None
        self._passed = self._newest
        self._unseen.clear()

    def timeline_changed(self, changes: Iterable[Change[Item]]) -> None:
        """Take the timeline's changes, just as the observer gets them, beginning with the reset of the opening."""
        for change in changes:
            match change:
                case Insert(_, item):
                    self._meet(item)
                case Reset(items):
                    self._unseen.clear()
                    for item in items:
                        self._meet(item)
                case Update(_, item) | Move(_, _, item):
                    if item.seq and item.state is not ItemState.UNREAD:
                        self._unseen.discard(item.seq)
                case Remove():
                    pass  # an own one that is not to be sent after all

    def _meet(self, item: Item) -> None:
        if item.seq is None:
            return
        counts = item.seq > self._passed and (item.seq <= self._opening or not self._watching)
        if counts and item.state is ItemState.UNREAD:
            self._place(item.seq)
            self._unseen.add(item.seq)
        self._newest = max(self._newest, item.seq)

    def _place(self, seq: int) -> None:
        line = self._seq
        if seq <= self._opening:
            self._seq = seq if line is None else min(line, seq)
        elif not self._unseen:
            self._seq = seq
            self._passed = seq - 1

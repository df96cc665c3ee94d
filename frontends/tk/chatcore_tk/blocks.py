"""The laid out messages of a conversation, each made once for as long as nothing about it changes."""

from __future__ import annotations

from chatcore.view.conversation_view import ConversationView, ItemKey, key_of
from chatcore.view.lines import bubble
from chatcore.view.separators import separators
from chatcore.view.viewer import Viewer

from .bubbles import Block, lay_out
from .look import Look

MAX_KEPT = 2_000
"""How many are kept; more than the largest screen shows."""


class Blocks:
    """Gives the block of each message."""

    def __init__(self, viewer: Viewer, look: Look) -> None:
        self._viewer, self._look = viewer, look
        self._kept: dict[ItemKey, tuple[object, Block]] = {}

    def forget(self) -> None:
        """Colours or fonts have changed."""
        self._kept.clear()

    def block(self, view: ConversationView, index: int, width: int) -> Block:
        """Return the message at `index`, laid out for a conversation this many pixels wide."""
        item = view.items[index]
        previous = view.items[index - 1] if index else None
        key = key_of(item)
        seen = (
            item,
            previous and previous.at_ms,
            width,
            item.seq is not None and item.seq == view.unread_line.seq,
            key == view.picked,
            self._viewer.people.name_of(item.sender),
            self._viewer.now().date(),
        )
        kept = self._kept.get(key)
        if kept is None or kept[0] != seen:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            kept = self._kept[key] = seen, self._lay_out(view, index, width)
        return kept[1]

    def _lay_out(self, view: ConversationView, index: int, width: int) -> Block:
        viewer, item = self._viewer, view.items[index]
        now, language = viewer.now(), viewer.language
        words = bubble(
            item,
            me=viewer.my_id,
            sender_name=viewer.people.name_of,
            now=now,
            language=language,
        )
        previous = view.items[index - 1] if index else None
        before = separators(previous, item, unread_seq=view.unread_line.seq, now=now, language=language)
        picked = key_of(item) == view.picked
        return lay_out(item, words, before, width=width, picked=picked, language=language, look=self._look)

"""The messages of conversations as a frontend lays them out, each once for as long as nothing about it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import attrs

from ..client.items import Item
from .conversation_view import ConversationView, ItemKey, key_of
from .lines import Bubble, bubble
from .separators import Separators, separators
from .viewer import Viewer

T = TypeVar("T")

MAX_KEPT = 2_000
"""How many are kept; more than the largest screen shows."""


@attrs.frozen(kw_only=True)
class Part:
    """A message as it is to be laid out, with what stands before it."""

    item: Item
    words: Bubble
    before: Separators
    is_picked: bool
    width: int
    "In whatever the frontend measures by."


class LaidOut(Generic[T]):
    """Gives each message as `lay_out` has made it: lines of a terminal, shapes of a window."""

    def __init__(self, viewer: Viewer, lay_out: Callable[[Part], T]) -> None:
        self._viewer, self._lay_out = viewer, lay_out
        self._kept: dict[ItemKey, tuple[object, T]] = {}

    def message(self, view: ConversationView, index: int, width: int) -> T:
        """Return the message at a place, laid out for a conversation this wide."""
        item = view.items[index]
        previous = view.items[index - 1] if index else None
        key = key_of(item)
        seen = (
            item,
            previous and (previous.at_ms, previous.sender),
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
            kept = self._kept[key] = seen, self._lay_out(self._part(view, item, previous, width))
        return kept[1]

    def forget(self) -> None:
        """All look otherwise from now on: the colours or fonts have changed."""
        self._kept.clear()

    def _part(self, view: ConversationView, item: Item, previous: Item | None, width: int) -> Part:
        viewer = self._viewer
        now, language, is_picked = viewer.now(), viewer.language, key_of(item) == view.picked
        words = bubble(
            item, me=viewer.my_id, names=viewer.people.names, now=now, language=language, is_picked=is_picked
        )
        return Part(
            item=item,
            words=words,
            before=separators(previous, item, unread_seq=view.unread_line.seq, now=now, language=language),
            is_picked=is_picked,
            width=width,
        )

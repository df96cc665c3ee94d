"""Lays out the messages of a timeline, each once for as long as nothing about it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chatcore import Item
from chatcore.view.conversation_view import ConversationView, ItemKey, key_of
from chatcore.view.lines import bubble
from chatcore.view.separators import separators
from chatcore.view.viewer import Viewer
from chatcore.view.viewport import Slice

from .render import Line, message_lines

MAX_KEPT = 2_000
"""How many laid out messages are kept; more than the largest screen shows."""


class Painter:
    """Gives the lines of each message of the timelines."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._kept: dict[ItemKey, tuple[object, list[Line]]] = {}

    def lines(self, timeline: ConversationView, index: int, cells: int) -> list[Line]:
        """Return the lines of the message at `index`, with what stands before it."""
        item = timeline.items[index]
        previous = timeline.items[index - 1] if index else None
        key = key_of(item)
        seen = (
            item,
            previous and previous.at_ms,
            self._viewer.people.name_of(item.sender),
            cells,
            item.seq is not None and item.seq == timeline.unread_line.seq,
            key == timeline.picked,
            self._viewer.now().date(),
        )
        kept = self._kept.get(key)
        if kept is None or kept[0] != seen:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            kept = self._kept[key] = seen, self._paint(timeline, item, previous, cells)
        return kept[1]

    def _paint(self, timeline: ConversationView, item: Item, previous: Item | None, cells: int) -> list[Line]:
        viewer = self._viewer
        now, language = viewer.now(), viewer.language
        words = bubble(item, me=viewer.my_id, sender_name=viewer.people.name_of, now=now, language=language)
        before = separators(previous, item, unread_seq=timeline.unread_line.seq, now=now, language=language)
        return message_lines(
            item,
            words,
            before,
            cells=cells,
            picked=key_of(item) == timeline.picked,
            hint=language.gettext("Alt+R sends it again, Alt+X discards it."),
        )


class Column:
    """The open conversation as lines of a terminal, for the width and height that the screen has for it."""

    line = 1

    def __init__(self, painter: Painter, view: Callable[[], ConversationView | None]) -> None:
        self._painter, self._view = painter, view
        self.width, self.height = 80, 20

    def height_of(self, index: int) -> int:
        """Return how many lines the message at a place takes."""
        view = self._view()
        return len(self._painter.lines(view, index, self.width)) if view else 0

    def lines(self, slices: Iterable[Slice]) -> list[Line]:
        """Return the lines of what is in view."""
        view, paint = self._view(), self._painter.lines
        if view is None:
            return []
        return [line for part in slices for line in paint(view, part.index, self.width)[part.start : part.stop]]

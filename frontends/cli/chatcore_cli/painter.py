"""Lays out the messages of a timeline, each once for as long as nothing about it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chatcore.view.conversation_view import ConversationView
from chatcore.view.laid_out import LaidOut, Part
from chatcore.view.viewer import Viewer
from chatcore.view.viewport import Slice

from .compact import compact_lines
from .preferences import Preferences
from .render import Line, message_lines


class Painter:
    """Gives the lines of each message of the timelines."""

    def __init__(self, viewer: Viewer, preferences: Preferences = Preferences()) -> None:  # noqa: B008 - frozen
        self._language, self._preferences = viewer.language, preferences
        self._is_compact = preferences.layout == "compact"
        self._laid_out: LaidOut[list[Line]] = LaidOut(viewer, self._paint)

    def lines(self, timeline: ConversationView, index: int, cells: int) -> list[Line]:
        """Return the lines of the message at `index`, with what stands before it."""
        return self._laid_out.message(timeline, index, cells)

    def switch_layout(self) -> None:
        """Go from bubbles to compact lines, or back."""
        self._is_compact = not self._is_compact
        self._laid_out.forget()

    def _paint(self, part: Part) -> list[Line]:
        hint = self._language.gettext("Alt+R sends it again, Alt+X discards it.")
        lay_out = compact_lines if self._is_compact else message_lines
        return lay_out(
            part.item,
            part.words,
            part.before,
            cells=part.width,
            picked=part.is_picked,
            hint=hint,
            links=self._preferences.links,
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

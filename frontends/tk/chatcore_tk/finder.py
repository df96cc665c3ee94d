"""Choosing in the list by a part of a name."""

from __future__ import annotations

from collections.abc import Callable

from chatcore.domain.ids import ConversationId
from chatcore.domain.roster import Row

from .screen import Screen


class Finder:
    """What is typed into the filter, and the row that it leads to."""

    def __init__(self, screen: Screen, open_: Callable[[Row | None], None]) -> None:
        self._screen, self._open = screen, open_
        self._list = screen.roster.list
        # The filter follows its text, however that comes there: by keys, by pasting, by an input method.
        screen.sought.trace_add("write", lambda *_names: self._seek(screen.sought.get()))

    @property
    def is_seeking(self) -> bool:
        """Whether somebody chooses at the moment."""
        return self._screen.roster.is_seeking

    def begin(self, opened: ConversationId | None) -> None:
        """Begin to choose, at the conversation that is open."""
        self._screen.turn_to(talk=False)
        self._list.mark(self._list.cursor or opened)
        self._list.settle()
        self._screen.roster.mark(seeking=True)
        self._screen.filter.focus_set()
        self._screen.filter.selection_range(0, "end")

    def move(self, steps: int) -> None:
        """Choose another row, so many below; above where negative."""
        aimed = self._screen.roster.aimed
        row = aimed.neighbour(aimed.cursor, steps)
        self._list.mark(row.conversation if row else None)
        self._screen.roster.reveal(self._list.cursor)

    def choose(self) -> None:
        """Open the chosen row."""
        self._open(self._screen.roster.aimed.marked)

    def reset(self) -> None:
        """Begin anew, with no text and no row."""
        self._screen.sought.set("")
        self._screen.roster.reset()

    def end(self, opened: ConversationId | None) -> None:
        """Show the whole list again, with the open conversation in view."""
        self._screen.sought.set("")
        self._screen.roster.mark(seeking=False)
        self._list.cursor = opened
        self._screen.roster.reveal(opened)

    def _seek(self, text: str) -> None:
        """Show only what has this in its name."""
        self._screen.show_filter_hint(shown=not text)
        self._screen.roster.seek(text)

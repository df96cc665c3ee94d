"""The list of users and conversations in the window: a line for each row, of which only those in view are drawn."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable
from tkinter import ttk

from chatcore import ConversationId, Row
from chatcore.view.lines import RowLine
from chatcore.view.list_view import ListView
from chatcore.view.sentences import no_rows_text
from chatcore.view.stack import Stack
from chatcore.view.viewer import Viewer

from .avatar import avatar, colour_for
from .fonts import BOLD, SMALL, SMALL_BOLD, TEXT
from .grid import EDGE, RADIUS, STEP
from .look import Look
from .redraw import Redraw
from .scrollbar import Scrollbar
from .sheet import Shape, Sheet, level, text
from .wheel import bind_wheel
from .wrapping import share

DOT = 12
"""Pixels of the design of the dot on somebody's picture, with the ring around it that sets it off."""
NO_DOT = "✕"
"In the place of the dot of somebody to whom nobody can write."
WHEEL_ROWS = 2


class RosterPane(ttk.Frame):
    """Shows the desk's list. The row of the open conversation is marked, and so is the one that a search has found."""

    def __init__(self, master: tk.Misc, viewer: Viewer, look: Look) -> None:
        super().__init__(master)
        self._viewer, self._look = viewer, look
        self.list: ListView = viewer.people
        self.opened: ConversationId | None = None
        self.is_seeking = False
        "Whether the row of the cursor is marked, because somebody chooses."
        self.on_press: Callable[[int], None] = lambda _height: None
        "Is told the height at which the list is pressed, in the window."
        self.on_drawn: Callable[[Stack[ConversationId]], None] = lambda _view: None
        "Is told which rows can be seen, at heights in the window: it moves there when a strip comes or goes above."
        self._sought = ""
        "What was sought when the list was drawn last."
        self._top = 0
        self._to_reveal: ConversationId | None = None
        "Waits to be scrolled to until the list has a height."
        self._revealed: tuple[ConversationId, int, int] | None = None
        "What was scrolled to last, from which top and in which height; None where the person has scrolled since."
        self._hovered: int | None = None
        self.redraw = Redraw(self, self._draw)
        self.sheet = Sheet(self)
        self._bar = Scrollbar(self, look, self._move_to, self._page)
        self._bar.pack(side="right", fill="y")
        self.sheet.pack(side="left", fill="both", expand=True)
        self.sheet.bind("<Configure>", lambda _event: self.redraw())
        self.sheet.bind("<Unmap>", lambda _event: self.list.turned())
        self.sheet.bind("<Button-1>", self._pressed)
        bind_wheel(self.sheet, self.wheel)
        self.sheet.bind("<Motion>", lambda event: self._hover(self.index_at(event.y)))
        self.sheet.bind("<Leave>", lambda _event: self._hover(None))
        look.theme.on_change(self._restyle)
        look.fonts.on_change(self.redraw)

    # ---- what is shown

    def reveal(self, conversation: ConversationId | None) -> None:
        """Scroll just so far that a row is in view."""
        self._to_reveal = conversation
        self.redraw()

    # ---- moving about

    def wheel(self, steps: int) -> None:
        """Go up by so many steps of the mouse wheel."""
        self._turn_to(self._top - steps * WHEEL_ROWS * self.row_height)

    @property
    def row_height(self) -> int:
        """Pixels of a row."""
        heights = self._look.fonts.heights
        return heights[TEXT] + heights[SMALL] + self._look.px(2 * STEP)

    def index_at(self, y: int) -> int | None:
        """Return the place among the shown rows at a height of the picture."""
        index = (self._top + y) // self.row_height
        return index if index < len(self.list.shown) else None

    # ---- within

    def _draw(self) -> None:
        width, height, row_height = self.sheet.winfo_width(), self.sheet.winfo_height(), self.row_height
        shown = self.list.shown
        if self.list.sought != self._sought:  # what is found is shown from the top
            self._sought, self._top, self._to_reveal, self._revealed = self.list.sought, 0, None, None
        if height > 1:
            self._reveal(height)
        self._top = max(0, min(self._top, len(shown) * row_height - height))
        first = self._top // row_height
        shapes: list[Shape] = []
        in_view = range(first, min(len(shown), (self._top + height) // row_height + 1))
        for index in in_view:
            shapes += self._row(shown[index], index, index * row_height - self._top, width)
        self._seen(in_view)
        self.sheet.paint(shapes or self._said(width))
        whole = max(1, len(shown) * row_height)
        self._bar.show(self._top / whole, min(1.0, (self._top + height) / whole))

    def _seen(self, in_view: range) -> None:
        """Tell what can be seen where."""
        if not self.sheet.winfo_viewable():
            return
        top = level(self.sheet) - self._top
        edges = range(top + in_view.start * self.row_height, top + in_view.stop * self.row_height + 1, self.row_height)
        conversations = tuple(self.list.shown[index].conversation for index in in_view)
        self.on_drawn(Stack(conversations, tuple(edges)))

    def _reveal(self, height: int) -> None:
        """Scroll to the row that waits for it; anew where there is another height, as while the window opens."""
        if self._to_reveal is None and self._revealed is not None and self._revealed[2] != height:
            self._to_reveal, self._top, _ = self._revealed
        place = self.list.sight.place(self._to_reveal)
        if place is not None and self._to_reveal is not None:
            self._revealed = self._to_reveal, self._top, height
            self._top = min(self._top, place * self.row_height)
            self._top = max(self._top, (place + 1) * self.row_height - height)
        self._to_reveal = None

    def _row(self, row: Row, index: int, top: int, width: int) -> list[Shape]:
        look, palette = self._look, self._look.palette
        words, height = self._viewer.line(row), self.row_height
        letters = palette.faint if words.is_disabled else palette.text
        left = look.px(EDGE) + look.avatar + look.px(STEP)
        has_one_line = not (words.preview or words.badge)
        name_y = top + (height - look.fonts.heights[TEXT]) // 2 if has_one_line else top + look.px(STEP - 1)
        preview_y = name_y + look.fonts.heights[TEXT]
        edge = width - look.px(STEP / 2) - look.px(STEP)  # as far within the row's mark as the picture is at its left
        right, shapes = self._right_side(words, edge, name_y, preview_y)
        name_font, rulers, gap = BOLD if row.unread else TEXT, look.fonts.rulers, look.px(STEP)
        room = right[0] - left - (gap if words.account else 0)
        name, account = share(words.name, words.account, room, (rulers[name_font], rulers[SMALL]))
        beside = left + rulers[name_font].width(name) + gap
        begun = words.draft and f"{words.draft} "
        text_left = left + rulers[SMALL].width(begun)
        preview = rulers[SMALL].shorten(words.preview, right[1] - text_left)
        return [
            *self._ground(row, index, top, width),
            *self._picture(row, words, top + height / 2, self._ground_colour(row, index)),
            text(left, name_y, name, name_font, letters),
            *([text(beside, name_y + look.px(2), account, SMALL, palette.faint)] if account else []),
            *([text(left, preview_y, begun, SMALL, palette.primary)] if begun else []),
            text(text_left, preview_y, preview, SMALL, palette.faint),
            *shapes,
        ]

    def _picture(self, row: Row, words: RowLine, middle: float, ground: str) -> list[Shape]:
        """Draw the initials, and on them the dot, or a cross in its place where nobody can write there."""
        look, palette, size = self._look, self._look.palette, self._look.avatar
        left, top = look.px(EDGE), middle - size / 2 - 1
        colour = colour_for(row.user, palette, is_disabled=words.is_disabled)
        shapes = avatar(left, top, size, words.initials, colour, look)
        x, y, dot = left + size - look.px(DOT / 3), top + size - look.px(DOT / 3), look.px(DOT)
        if words.is_disabled:
            return [*shapes, text(x, y, NO_DOT, SMALL_BOLD, palette.faint, "center")]
        shapes.append(look.pictures.dot(x, y, dot, ground))
        inner = palette.active if words.active else palette.inactive
        shapes.append(look.pictures.dot(x, y, dot - 2 * look.px(2), inner))
        if not words.active:  # a ring: told apart by more than its colour
            shapes.append(look.pictures.dot(x, y, dot - 4 * look.px(2), ground))
        return shapes

    def _right_side(
        self, words: RowLine, right: int, name_y: int, preview_y: int
    ) -> tuple[tuple[int, int], list[Shape]]:
        """Draw time and badge; give where they begin in the line of the name and in that of the preview."""
        look, rulers = self._look, self._look.fonts.rulers
        shapes = [text(right, name_y + look.px(2), words.time, SMALL, look.palette.faint, "ne")]
        name_room = right - rulers[SMALL].width(words.time) - look.px(8)
        if not words.badge:
            return (name_room, right), shapes
        tall = look.fonts.heights[SMALL_BOLD]
        wide = max(tall, rulers[SMALL_BOLD].width(words.badge) + look.px(12))
        shapes.append(look.pictures.pill(right - wide, preview_y, wide, tall, look.palette.primary))
        middle = right - wide / 2
        shapes.append(text(middle, preview_y, words.badge, SMALL_BOLD, look.palette.on_primary, "n"))
        return (name_room, right - wide - look.px(8)), shapes

    def _ground_colour(self, row: Row, index: int) -> str:
        palette = self._look.palette
        if row.conversation == self.opened:
            return palette.selected
        return palette.hovered if index == self._hovered else palette.background

    def _ground(self, row: Row, index: int, top: int, width: int) -> list[Shape]:
        look, palette = self._look, self._look.palette
        inset, height, radius = look.px(STEP / 2), self.row_height - look.px(2), look.px(RADIUS)
        marked = row.conversation == self.opened
        if self.is_seeking and row.conversation == self.list.cursor:
            ring = look.px(2)
            shapes = look.pictures.card(inset, top, width - 2 * inset, height, radius, palette.primary)
            return shapes + look.pictures.card(
                inset + ring,
                top + ring,
                width - 2 * inset - 2 * ring,
                height - 2 * ring,
                radius - ring,
                self._ground_colour(row, index),
            )
        if not marked and index != self._hovered:
            return []
        return look.pictures.card(inset, top, width - 2 * inset, height, radius, self._ground_colour(row, index))

    def _said(self, width: int) -> list[Shape]:
        ruler, lines = self._look.fonts.rulers[SMALL], self._empty_lines(width)
        shapes = []
        for number, line in enumerate(lines):
            y = self._look.px(20) + number * self._look.fonts.heights[SMALL]
            shapes.append(text((width - ruler.width(line)) / 2, y, line, SMALL, self._look.palette.faint))
        return shapes

    def _empty_lines(self, width: int) -> Iterable[str]:
        sentence = no_rows_text(has_rows=bool(self.list.rows), language=self._viewer.language)
        return self._look.fonts.rulers[SMALL].wrap(sentence, width - self._look.px(2 * EDGE)).lines

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        self.on_press(level(self.sheet) + event.y)

    def _hover(self, index: int | None) -> None:
        if index != self._hovered:
            self._hovered = index
            self.redraw()

    def _move_to(self, place: float) -> None:
        self._turn_to(int(place * len(self.list.shown) * self.row_height))

    def _page(self, pages: int) -> None:
        self._turn_to(self._top + pages * self.sheet.winfo_height())

    def _turn_to(self, top: int) -> None:
        """Scroll, as the person wants it."""
        self._top, self._to_reveal, self._revealed = max(0, top), None, None
        self.list.turned()
        self.redraw()

    def _restyle(self) -> None:
        self.sheet.configure(background=self._look.palette.background)
        self.redraw()

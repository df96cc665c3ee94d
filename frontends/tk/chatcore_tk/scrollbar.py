"""A narrow scrollbar that is only there while there is something to scroll."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from .look import Look
from .sheet import Sheet

WIDTH, SHORTEST = 10, 24


class Scrollbar(Sheet):
    """Shows which part is in view, and says where it is dragged to."""

    def __init__(
        self, master: tk.Misc, look: Look, move_to: Callable[[float], None], page: Callable[[int], None]
    ) -> None:
        """`move_to` takes the place of the upper edge, from 0 to 1; `page` the pages to go down."""
        super().__init__(master)
        self._look, self._move_to, self._page = look, move_to, page
        self._first, self._last = 0.0, 1.0
        self._held_at: float | None = None
        self.configure(width=look.px(WIDTH))
        self.bind("<Button-1>", self._pressed)
        self.bind("<B1-Motion>", self._dragged)
        self.bind("<Configure>", lambda _event: self._draw())
        look.theme.on_change(self._restyle)

    def show(self, first: float, last: float) -> None:
        """Show where the view begins and ends, from 0 to 1."""
        if (first, last) != (self._first, self._last):
            self._first, self._last = first, last
            self._draw()

    def _draw(self) -> None:
        if self._last - self._first >= 1.0:
            self.paint([])
            return
        top, bottom = self._thumb()
        inset = self._look.px(2)
        width = self.winfo_width() - 2 * inset
        self.paint(self._look.pictures.card(inset, top, width, bottom - top, width // 2, self._look.palette.thumb))

    def _thumb(self) -> tuple[int, int]:
        """Return the upper and lower end of the part that can be held."""
        height = self.winfo_height()
        length = max(self._look.px(SHORTEST), int((self._last - self._first) * height))
        hidden = 1.0 - (self._last - self._first)
        top = int((height - length) * (self._first / hidden)) if hidden > 0 else 0
        return top, top + length

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        top, bottom = self._thumb()
        self._held_at = event.y - top if top <= event.y <= bottom else None
        if self._held_at is None:
            self._page(1 if event.y > bottom else -1)

    def _dragged(self, event: tk.Event[tk.Misc]) -> None:
        top, bottom = self._thumb()
        room = self.winfo_height() - (bottom - top)
        if self._held_at is not None and room > 0:
            place = min(max(0.0, (event.y - self._held_at) / room), 1.0)
            self._move_to(place * (1.0 - (self._last - self._first)))

    def _restyle(self) -> None:
        self.configure(background=self._look.palette.background)
        self._draw()

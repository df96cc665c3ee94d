"""A pane that scrolls where there is less room than its contents need: large text, a small screen."""

from __future__ import annotations

import tkinter as tk
from contextlib import suppress
from tkinter import ttk

from .fonts import TEXT
from .look import Look
from .scrollbar import Scrollbar
from .wheel import bind_wheel

STEP = 3
"""Lines that a step of the wheel or an arrow key scrolls."""

AROUND = 40
"""How many pixels of the design stay free on the screen beside a window that is as large as its contents, at least."""


class Scrolled(ttk.Frame):
    """Shows `inner`, with the keyboard's widget always in view."""

    def __init__(self, master: tk.Misc, look: Look, *, fills: bool = False, middle: float = 0.0) -> None:
        """`fills`: whether the contents take the whole width, else as much of it as they want.

        `middle`: how much of the height that is left over is above them.
        """
        super().__init__(master)
        self._look, self._fills, self._middle = look, fills, middle
        self._canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0)
        self.inner = ttk.Frame(self._canvas)
        self._item = self._canvas.create_window(0, 0, anchor="nw", window=self.inner)
        self._bar = Scrollbar(self, look, self._canvas.yview_moveto, lambda pages: self.scroll(pages=pages))
        self._bar.pack(side="right", fill="y")
        self._canvas.pack(side="left", fill="both", expand=True)
        self._canvas.configure(yscrollcommand=lambda first, last: self._bar.show(float(first), float(last)))
        self._canvas.bind("<Configure>", lambda _event: self._arrange())
        self.inner.bind("<Configure>", lambda _event: self._wants())
        look.theme.on_change(self._restyle)

    def follow(self) -> None:
        """All contents are there now: let the wheel scroll over each, and let the keyboard bring each into view."""
        for widget in (self._canvas, *_all_within(self.inner)):
            bind_wheel(widget, lambda steps: self.scroll(lines=-steps * STEP))
            if isinstance(widget, ttk.Entry | ttk.Button):  # to others Tab would come as soon as they had this binding
                widget.bind("<FocusIn>", lambda event: self._reveal(event.widget), add=True)

    def scroll(self, *, lines: int = 0, pages: int = 0) -> None:
        """Go down; up where negative."""
        whole = max(1, int(float(str(self._canvas.cget("scrollregion")).split()[3])))
        pixels = lines * self._look.fonts.heights[TEXT] + pages * self._canvas.winfo_height() * 9 // 10
        self._canvas.yview_moveto(self._canvas.yview()[0] + pixels / whole)

    def _wants(self) -> None:
        """Ask for as much room as the contents want; it may be that there is less."""
        self._canvas.configure(width=self.inner.winfo_reqwidth(), height=self.inner.winfo_reqheight())
        self._arrange()

    def _arrange(self) -> None:
        width, height = self._canvas.winfo_width(), self._canvas.winfo_height()
        taken = width if self._fills else min(self.inner.winfo_reqwidth(), width)
        tall = self.inner.winfo_reqheight()
        self._canvas.itemconfigure(self._item, width=taken)
        top = max(0, int((height - tall) * self._middle))
        self._canvas.coords(self._item, (width - taken) // 2, top)
        self._canvas.configure(scrollregion=(0, 0, width, max(height, top + tall)))
        self.after_idle(self._follow_keyboard)

    def _follow_keyboard(self) -> None:
        focused = None
        with suppress(KeyError):  # a menu's: Tk has made it itself
            focused = self.focus_get()
        if focused is not None and str(focused).startswith(f"{self.inner}."):
            self._reveal(focused)

    def _reveal(self, widget: tk.Misc) -> None:
        whole = max(1, self.inner.winfo_reqheight())
        top = widget.winfo_rooty() - self.inner.winfo_rooty()
        above, below = self._canvas.canvasy(0), self._canvas.canvasy(self._canvas.winfo_height())
        margin = self._look.fonts.heights[TEXT] * 2
        if top - margin < above or top + widget.winfo_height() + margin > below:
            self._canvas.yview_moveto((top - margin) / whole)

    def _restyle(self) -> None:
        self._canvas.configure(background=self._look.palette.background)


def fit(window: tk.Toplevel, look: Look) -> None:
    """Make a window as large as what is in it wants, as far as the screen has room for that."""
    window.update_idletasks()
    width = min(window.winfo_reqwidth(), window.winfo_screenwidth() - look.px(AROUND))
    height = min(window.winfo_reqheight(), window.winfo_screenheight() - look.px(AROUND))
    window.geometry(f"{width}x{height}")


def _all_within(widget: tk.Misc) -> list[tk.Misc]:
    return [widget, *(each for child in widget.winfo_children() for each in _all_within(child))]

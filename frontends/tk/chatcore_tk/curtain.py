"""What is before the window's contents while they are put in their places for the first time."""

from __future__ import annotations

import tkinter as tk
from contextlib import suppress

from .theme import Theme


class Curtain(tk.Frame):
    """An empty sheet over all that was made before it, until it is drawn aside: nothing is seen half done."""

    def __init__(self, root: tk.Tk, theme: Theme) -> None:
        super().__init__(root, background=theme.palette.background)
        self._is_open = False
        self.place(x=0, y=0, relwidth=1.0, relheight=1.0)

    def open(self) -> None:
        """There is something to see: be gone as soon as that is in its place."""
        if not self._is_open:
            self._is_open = True
            self.after_idle(self._go)

    def _go(self) -> None:
        self.update()  # until all has its size and its place: where one thing moves, another one follows
        with suppress(tk.TclError):  # the window was closed meanwhile
            self.destroy()

"""What is before the window's contents while they are put in their places for the first time."""

from __future__ import annotations

import tkinter as tk

from .theme import Theme

ROUNDS = 8
"""How often all that has happened is dealt with, until each thing has its size: where one moves, another follows."""


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
            self._wait(ROUNDS)

    def _wait(self, rounds: int) -> None:
        """Let the window go on; it may be closed meanwhile, which ends this, too."""
        if rounds:
            self.after_idle(self._wait, rounds - 1)
        else:
            self.destroy()

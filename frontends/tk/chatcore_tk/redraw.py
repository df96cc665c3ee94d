"""Has something drawn soon, once for however many reasons."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable


class Redraw:
    """Draws when Tk has nothing else to do."""

    def __init__(self, widget: tk.Misc, draw: Callable[[], None]) -> None:
        self._widget, self._draw = widget, draw
        self._is_due = False

    def __call__(self) -> None:
        """Ask for a drawing."""
        if not self._is_due:
            self._is_due = True
            self._widget.after_idle(self._run)

    def _run(self) -> None:
        self._is_due = False
        self._draw()

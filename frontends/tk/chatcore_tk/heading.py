"""A name in large letters, shortened where it does not fit."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from .directions import drawn
from .fonts import TITLE
from .look import Look


class Heading(ttk.Label):
    """Takes the width that it is given, and asks for none."""

    def __init__(self, master: tk.Misc, look: Look) -> None:
        super().__init__(master, style="Title.TLabel", width=1)
        self._look = look
        self.name = ""
        self.bind("<Configure>", lambda _event: self._fit())
        look.fonts.on_change(self._fit)

    def show(self, name: str) -> None:
        """Show another name."""
        self.name = name
        self._fit()

    def _fit(self) -> None:
        room = self.winfo_width()
        is_placed = room > 1
        self.configure(text=drawn(self._look.fonts.rulers[TITLE].shorten(self.name, room) if is_placed else self.name))

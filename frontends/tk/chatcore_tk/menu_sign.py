"""The sign on the menu's button, drawn here: not every font has one."""

from __future__ import annotations

import tkinter as tk

from .look import Look

WIDTH, HEIGHT, THICK = 16, 12, 2
"""Pixels of the design."""


class MenuSign:
    """Three bars in the colour of text."""

    def __init__(self, master: tk.Misc, look: Look) -> None:
        self._look = look
        self.picture = tk.PhotoImage(master=master, width=look.px(WIDTH), height=look.px(HEIGHT))
        look.theme.on_change(self._draw)

    def _draw(self) -> None:
        width, height, thick = (self._look.px(size) for size in (WIDTH, HEIGHT, THICK))
        for top in (0, (height - thick) // 2, height - thick):
            self.picture.put(self._look.palette.text, to=(0, top, width, top + thick))

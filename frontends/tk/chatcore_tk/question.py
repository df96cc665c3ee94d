"""A strip in which something short is asked for: a day to go to, a name to be shown by."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from .editing import prepare_line
from .grid import STEP
from .look import Look


class Question(ttk.Frame):
    """Is there from the moment when somebody wants something until they have written it, or think better of it."""

    def __init__(self, master: tk.Misc, look: Look, asks: str, does: str, *, width: int = 14) -> None:
        """`asks` stands before the field, `does` on the button; `width` is the field's, in characters."""
        super().__init__(master)
        px = look.px
        self.on_go: Callable[[str], bool] = lambda _written: True
        "Is told what was written, and tells whether that will do."
        self.on_end: Callable[[], None] = lambda: None
        "Is called when the strip has gone: the keyboard is nowhere."
        self.field = ttk.Entry(self, width=width)
        prepare_line(self.field)
        go = ttk.Button(self, text=does, command=self._go, takefocus=False)
        close = ttk.Button(self, text="✕", width=2, command=self.end, takefocus=False)
        for place, widget in enumerate((ttk.Label(self, text=asks), self.field, go, close)):
            widget.pack(side="left", padx=(px(STEP) if place else 0, 0), pady=px(STEP / 2))
        for sequence, act in (("<Return>", self._go), ("<KP_Enter>", self._go), ("<Escape>", self.end)):
            self.field.bind(sequence, lambda _event, act=act: (act(), "break")[1])  # type: ignore[misc]

    def begin(self, written: str | None = None) -> None:
        """Ask, with this in the field unless it is None."""
        if written is not None:
            self.field.delete(0, "end")
            self.field.insert(0, written)
        self.grid()
        self.field.selection_range(0, "end")
        self.field.focus_set()

    def end(self) -> None:
        """Ask no more."""
        self.grid_remove()
        self.on_end()

    def _go(self) -> None:
        self.grid_remove()
        self.update_idletasks()  # what is beside it has the strip's room again: what was asked for is to stand in it
        if self.on_go(self.field.get()):
            self.on_end()
        else:
            self.begin()

"""The strip in which a day is written to which the open conversation is to go."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from chatcore.view.language import Language

from .editing import prepare_line
from .look import Look


class DayStrip(ttk.Frame):
    """Is there from the moment when somebody wants to go to a day until they have gone, or think better of it."""

    def __init__(self, master: tk.Misc, language: Language, look: Look) -> None:
        super().__init__(master)
        px = look.px
        say = language.gettext
        self.on_go: Callable[[str], bool] = lambda _written: True
        "Is told what was written, and tells whether it is a day."
        self.on_end: Callable[[], None] = lambda: None
        "Is called when the strip has gone: the keyboard is nowhere."
        self.field = ttk.Entry(self, width=14)
        prepare_line(self.field)
        go = ttk.Button(self, text=say("Go"), command=self._go, takefocus=False)
        close = ttk.Button(self, text="✕", width=2, command=self.end, takefocus=False)
        for widget in (ttk.Label(self, text=say("Day:")), self.field, go, close):
            widget.pack(side="left", padx=(px(10), 0), pady=px(4))
        for sequence, act in (("<Return>", self._go), ("<KP_Enter>", self._go), ("<Escape>", self.end)):
            self.field.bind(sequence, lambda _event, act=act: (act(), "break")[1])  # type: ignore[misc]

    def begin(self) -> None:
        """Ask for a day."""
        self.grid()
        self.field.selection_range(0, "end")
        self.field.focus_set()

    def end(self) -> None:
        """Ask no more."""
        self.grid_remove()
        self.on_end()

    def _go(self) -> None:
        self.grid_remove()
        self.update_idletasks()  # the conversation has the strip's room again: the day is to stand at its top
        if self.on_go(self.field.get()):
            self.on_end()
        else:
            self.begin()

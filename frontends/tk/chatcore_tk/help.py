"""The help: a window of its own with all keys."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from .actions import Actions
from .keys import KEYS


class Help:
    """Opens the window, once; the chat goes on beside it."""

    def __init__(self, actions: Actions) -> None:
        self._actions = actions
        self._window: tk.Toplevel | None = None
        actions.help = self.show

    def show(self) -> None:
        """Show it, or bring it to the front."""
        if self._window is not None and self._window.winfo_exists():
            self._window.lift()
            self._window.focus_set()
            return
        actions = self._actions
        say = actions.language.gettext
        window = self._window = tk.Toplevel(actions.screen)
        window.title(say("Keys"))
        window.transient(actions.screen.winfo_toplevel())
        window.resizable(False, False)
        frame = ttk.Frame(window, padding=actions.look.px(16))
        frame.pack(fill="both", expand=True)
        for number, key in enumerate(key for key in KEYS if key.shown):
            ttk.Label(frame, text=key.shown, font="ChatcoreBold").grid(row=number, column=0, sticky="w")
            ttk.Label(frame, text=say(key.does)).grid(row=number, column=1, sticky="w", padx=actions.look.px(16))
        for sequence in ("<Escape>", "<F1>"):
            window.bind(sequence, lambda _event: window.destroy())
        window.focus_set()

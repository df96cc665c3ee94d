"""The help: a window of its own with all keys."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable
from tkinter import ttk

from .actions import Actions
from .fonts import BOLD
from .keys import KEYS
from .scrolled import AROUND, STEP, Scrolled, fit

_SCROLLING = {
    "<Up>": {"lines": -STEP},
    "<Down>": {"lines": STEP},
    "<Prior>": {"pages": -1},
    "<Next>": {"pages": 1},
    "<space>": {"pages": 1},
}


class Help:
    """Opens the window; the chat goes on beside it."""

    def __init__(self, actions: Actions) -> None:
        self._actions = actions
        self._window: tk.Toplevel | None = None
        actions.help = self.show

    def show(self) -> None:
        """Show it, or bring it to the front."""
        if self._window is None:
            self._window = self._made()
        self._window.deiconify()
        self._window.lift()
        self._window.focus_set()

    def _made(self) -> tk.Toplevel:
        actions, look = self._actions, self._actions.look
        window = tk.Toplevel(actions.screen)
        window.withdraw()
        window.title(actions.language.gettext("Keys"))
        window.transient(actions.screen.winfo_toplevel())
        scrolled = Scrolled(window, look, fills=True)
        scrolled.pack(fill="both", expand=True)
        labels = self._fill(scrolled.inner)
        scrolled.follow()
        window.update_idletasks()
        if window.winfo_reqwidth() > window.winfo_screenwidth() - look.px(AROUND):
            _stack(labels, look.px(AROUND))
        fit(window, look)
        for sequence, amount in _SCROLLING.items():
            window.bind(sequence, lambda _event, amount=amount: scrolled.scroll(**amount))  # type: ignore[misc]
        for sequence in ("<Escape>", "<F1>"):
            window.bind(sequence, lambda _event: self._close())
        window.protocol("WM_DELETE_WINDOW", self._close)
        return window

    def _fill(self, frame: ttk.Frame) -> list[ttk.Label]:
        """Write each key and what it does, in two columns; give the labels of the second one."""
        px = self._actions.look.px
        say = self._actions.language.gettext
        frame.configure(padding=px(16))
        frame.columnconfigure(1, weight=1)
        labels = []
        for number, key in enumerate(key for key in KEYS if key.shown):
            if key.begins:
                title = ttk.Label(frame, text=say(key.begins), style="Faint.TLabel")
                title.grid(row=3 * number, column=0, columnspan=2, sticky="w", pady=(px(12) if number else 0, px(4)))
            ttk.Label(frame, text=key.shown, font=BOLD).grid(row=3 * number + 1, column=0, sticky="nw")
            does = ttk.Label(frame, text=say(key.does))
            does.grid(row=3 * number + 1, column=1, sticky="ew", padx=px(16))
            does.bind("<Configure>", lambda event: event.widget.configure(wraplength=event.width))
            labels.append(does)
        return labels

    def _close(self) -> None:
        if self._window is not None:
            self._window.withdraw()
        self._actions.desk.focus()


def _stack(labels: Iterable[ttk.Label], indent: int) -> None:
    """Write what a key does below it, where there is no room for it beside it."""
    for label in labels:
        label.grid(row=int(label.grid_info()["row"]) + 1, column=0, columnspan=2, padx=(indent, 0))

"""The strip that says what the connection does while it is not up, and the one that says what went wrong."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from chatcore import ConnectionPhase, ConnectionState
from chatcore.view.language import Language
from chatcore.view.sentences import connection_cause, connection_line

from .directions import drawn
from .grid import EDGE
from .look import Look

PAD, SLACK = EDGE, 8
"""Pixels of the design beside a sentence, and those that a label needs for itself."""


class Banner(ttk.Frame):
    """Shows the connection's state with the reason, where there is none.

    Where a session has ended it offers to log in again, so that nothing is taken from somebody who is writing; where
    the next try is waited for, to try at once.
    """

    def __init__(self, master: tk.Misc, language: Language, look: Look) -> None:
        super().__init__(master, style="Banner.TFrame")
        self._language, self._look = language, look
        self._label = ttk.Label(self, style="Banner.TLabel")
        self.button = ttk.Button(self, style="Banner.TButton")
        self.columnconfigure(0, weight=1)
        self._label.grid(row=0, column=0, sticky="ew", padx=look.px(PAD), pady=look.px(5))
        self._label.bind("<Configure>", lambda event: self._label.configure(wraplength=event.width - look.px(SLACK)))
        self.button.bind("<Return>", lambda _event: self.button.invoke())

    def show(self, state: ConnectionState, seconds_left: float | None, as_of: str = "") -> None:
        """Show what the connection does, and `as_of` when what is shown was true, where it is old.

        `seconds_left`: until the next try, where it is known.
        """
        words = " · ".join(filter(None, (connection_line(state, seconds_left, self._language), as_of)))
        words = f"{words[:1].upper()}{words[1:]}"
        reason = connection_cause(state, self._language)
        self._label.configure(text=f"{words}. {reason}" if reason else words)
        offer = self._offer(state, seconds_left)
        if not offer:
            self.button.grid_forget()
        elif not self.button.winfo_manager():
            self.button.grid(row=0, column=1, padx=self._look.px(PAD), pady=self._look.px(5))
        if offer and offer != self.button.cget("text"):
            self.button.configure(text=offer)
        if not self.winfo_manager():
            self.grid()

    def hide(self) -> None:
        """There is nothing to say of the connection."""
        if self.winfo_manager():
            self.grid_remove()

    def _offer(self, state: ConnectionState, seconds_left: float | None) -> str:
        """Return what the button does, as `Desk.connect`; empty for nothing."""
        if state.phase is ConnectionPhase.LOGGED_OUT:
            return self._language.gettext("Log in")
        return "" if seconds_left is None else self._language.gettext("Try now")


class Notice(ttk.Frame):
    """Shows what there is to say; hidden while there is nothing."""

    def __init__(self, master: tk.Misc, look: Look) -> None:
        super().__init__(master)
        self.on_press: Callable[[], None] = lambda: None
        self._sentence = ""
        self._label = ttk.Label(self, style="TLabel")
        self._label.pack(fill="x", padx=look.px(PAD), pady=look.px(3))
        self._label.bind("<Button-1>", lambda _event: self.on_press())
        self.bind("<Configure>", lambda event: self._label.configure(wraplength=event.width - look.px(2 * PAD + SLACK)))

    @property
    def sentence(self) -> str:
        """What is said at the moment."""
        return self._sentence

    def show(self, sentence: str, *, is_trouble: bool = False) -> None:
        """Say something; an empty sentence is nothing. What is trouble has the colour of that."""
        self._label.configure(style="Error.TLabel" if is_trouble else "TLabel")
        if sentence != self.sentence:
            self._sentence = sentence
            self._label.configure(text=drawn(sentence))
            self.grid() if sentence else self.grid_remove()

"""The strip that says what the connection does while it is not up, and the one that says what went wrong."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from chatcore.client.connection_state import ConnectionPhase, ConnectionState
from chatcore.view.language import Language
from chatcore.view.sentences import connection_cause, connection_line

from .look import Look

PAD, SLACK = 12, 8
"""Pixels of the design beside a sentence, and those that a label needs for itself."""


class Banner(ttk.Frame):
    """Shows the connection's state with the reason; hidden while it is online.

    Where a session has ended it offers to log in again, so that nothing is taken from somebody who is writing.
    """

    def __init__(self, master: tk.Misc, language: Language, look: Look, monotonic: Callable[[], float]) -> None:
        super().__init__(master, style="Banner.TFrame")
        self._language, self._look, self._monotonic = language, look, monotonic
        self._state = ConnectionState(ConnectionPhase.CONNECTING)
        self._since = monotonic()
        self._label = ttk.Label(self, style="Banner.TLabel")
        self.button = ttk.Button(self, text=language.gettext("Log in"))
        self.columnconfigure(0, weight=1)
        self._label.grid(row=0, column=0, sticky="ew", padx=look.px(PAD), pady=look.px(5))
        self._label.bind("<Configure>", lambda event: self._label.configure(wraplength=event.width - look.px(SLACK)))
        self.button.bind("<Return>", lambda _event: self.button.invoke())

    def tell(self, state: ConnectionState) -> None:
        """Show another state."""
        self._state, self._since = state, self._monotonic()
        if state.phase is ConnectionPhase.LOGGED_OUT:
            self.button.grid(row=0, column=1, padx=self._look.px(PAD), pady=self._look.px(5))
        else:
            self.button.grid_forget()
        if state.phase is ConnectionPhase.ONLINE:
            self.grid_remove()
        else:
            self._write()
            self.grid()

    def tick(self) -> None:
        """A second has passed: count down to the next try."""
        if self._state.phase is ConnectionPhase.OFFLINE:
            self._write()

    def _write(self) -> None:
        left = self._state.retry_in
        if left is not None:
            left -= self._monotonic() - self._since
        words = connection_line(self._state, left, self._language)
        reason = connection_cause(self._state, self._language)
        self._label.configure(text=f"{words[:1].upper()}{words[1:]}. {reason}" if reason else words)


class Notice(ttk.Frame):
    """Shows a sentence until the next action or a press on it; hidden while there is none."""

    def __init__(self, master: tk.Misc, look: Look) -> None:
        super().__init__(master)
        self._label = ttk.Label(self, style="Notice.TLabel")
        self._label.pack(fill="x", padx=look.px(PAD), pady=look.px(3))
        self._label.bind("<Button-1>", lambda _event: self.clear())
        self.bind("<Configure>", lambda event: self._label.configure(wraplength=event.width - look.px(2 * PAD + SLACK)))

    @property
    def sentence(self) -> str:
        """What is said at the moment."""
        return str(self._label.cget("text"))

    def say(self, sentence: str) -> None:
        """Say something."""
        self._label.configure(text=sentence)
        self.grid()

    def add(self, sentence: str) -> None:
        """Say something beside what is said already."""
        said = self.sentence.splitlines()
        everything = "\n".join([*said, sentence] if sentence not in said else said)
        self.say(everything)

    def clear(self) -> None:
        """Say nothing more."""
        self._label.configure(text="")
        self.grid_remove()

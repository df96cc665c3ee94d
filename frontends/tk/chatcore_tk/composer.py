"""Where messages are written: a text that grows with its lines."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from chatcore.domain.messages import MAX_TEXT
from chatcore.view.language import Language

from .editing import prepare_text
from .fonts import TEXT
from .look import Look

MOST_LINES = 8
ABOVE = 6
"""Pixels of the design above the text in its field, and below it."""
COUNT_FROM = MAX_TEXT - 500
"""From how many characters on those that are left are shown."""


class Composer(ttk.Frame):
    """The text field, the button, and how many characters are left."""

    def __init__(self, master: tk.Misc, language: Language, look: Look) -> None:
        super().__init__(master)
        self._language, self._look = language, look
        self._frame = ttk.Frame(self, style="Field.TFrame")
        self.field = tk.Text(
            self._frame,
            height=1,
            width=10,
            wrap="word",
            undo=True,
            font=TEXT,
            borderwidth=0,
            highlightthickness=0,
            padx=0,
            pady=0,
        )
        prepare_text(self.field)
        self._hint = tk.Label(self._frame, text=language.gettext("Write a message"), font=TEXT, cursor="xterm")
        self._left = ttk.Label(self, style="Faint.TLabel")
        self.button = ttk.Button(self, text=language.gettext("Send"), takefocus=False)
        self._arrange()
        look.theme.on_change(self._restyle)
        look.fonts.on_change(self._level)
        self._level()
        self.field.bind("<<Modified>>", lambda _event: self._modified())
        self.field.bind("<Configure>", lambda _event: self._fit())
        for event, state in (("<FocusIn>", "focus"), ("<FocusOut>", "!focus")):
            self.field.bind(event, lambda _event, state=state: self._frame.state([state]), add=True)  # type: ignore[misc]
        self._hint.bind("<Button-1>", lambda _event: self.field.focus_set())

    @property
    def text(self) -> str:
        """What is written."""
        return self.field.get("1.0", "end-1c")

    @property
    def unsent(self) -> str:
        """Everything that would be missed: the same."""
        return self.text

    def show(self, text: str) -> None:
        """Replace what is written, which cannot be taken back any more."""
        self.field.delete("1.0", "end")
        self.field.insert("1.0", text)
        self.field.edit_reset()
        self.field.see("end")

    def sent(self) -> None:
        """Begin anew: what is written was sent."""
        self.show("")

    def give_back(self, text: str) -> None:
        """Put back what could not be sent, before what was written meanwhile."""
        self.field.insert("1.0", text + ("\n" if self.text else ""))

    def show_hint(self, sentence: str = "") -> None:
        """Say this where nothing is written, in the place of what it is for."""
        self._hint.configure(text=sentence or self._language.gettext("Write a message"))

    def new_line(self) -> None:
        """Begin another line."""
        self.field.insert("insert", "\n")
        self.field.see("insert")

    def _arrange(self) -> None:
        px = self._look.px
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)  # for the lines after the first one; beside that is the button, as high as it
        self._frame.grid(row=0, column=0, rowspan=2, sticky="nsew")
        self.button.grid(row=1, column=1, sticky="nsew", padx=(px(8), 0))
        self._left.grid(row=2, column=0, columnspan=2, sticky="e")
        self._left.grid_remove()
        self.field.pack(fill="both", expand=True, padx=px(8), pady=px(ABOVE))
        self._hint.place(in_=self.field, x=0, y=0)

    def _modified(self) -> None:
        self.field.edit_modified(False)
        length = len(self.text)
        if length:
            self._hint.place_forget()
        else:
            self._hint.place(in_=self.field, x=0, y=0)
        self._count(length)
        self._fit()

    def _count(self, length: int) -> None:
        if length < COUNT_FROM:
            self._left.grid_remove()
            return
        left = MAX_TEXT - length
        words = self._language.ngettext("{count} character left", "{count} characters left", abs(left))
        if left < 0:
            words = self._language.ngettext("{count} character too many", "{count} characters too many", -left)
        self._left.configure(text=words.format(count=abs(left)), style="Error.TLabel" if left < 0 else "Faint.TLabel")
        self._left.grid()

    def _fit(self) -> None:
        """Make the field as high as its text, up to a limit."""
        lines = self.field.tk.call(self.field, "count", "-update", "-displaylines", "1.0", "end")
        high = min(max(1, int(lines)), MOST_LINES)
        if int(self.field.cget("height")) != high:
            self.field.configure(height=high)
        self.field.see("insert")  # which a paste may have left below the edge

    def _level(self) -> None:
        """Make the button as high as a field of one line."""
        self.rowconfigure(1, minsize=self._look.fonts.heights[TEXT] + 2 * self._look.px(ABOVE))

    def _restyle(self) -> None:
        palette = self._look.palette
        # Set anew each time: ttkbootstrap gives what tk draws a look of its own when the theme changes.
        self.field.configure(
            borderwidth=0,
            highlightthickness=0,
            padx=0,
            pady=0,
            background=palette.field,
            foreground=palette.text,
            insertbackground=palette.text,
            selectbackground=palette.primary,
            selectforeground=palette.on_primary,
        )
        self._hint.configure(
            borderwidth=0,
            highlightthickness=0,
            padx=0,
            pady=0,
            background=palette.field,
            foreground=palette.faint,
        )
        self._look.theme.style_of(self.button)

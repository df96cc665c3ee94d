"""Another password, asked for in a window of its own."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from chatcore.view.commands import Commands
from chatcore.view.password_change import FIELDS, PasswordChange

from .actions import Actions
from .button_row import add_button_row
from .editing import prepare_line
from .scrolled import Scrolled, fit

WRAP = 300


class PasswordWindow:
    """Opens the window when it is wanted; nothing that is written there is shown, and nothing of it stays."""

    def __init__(self, actions: Actions, commands: Commands) -> None:
        self._actions, self._commands = actions, commands
        self._window: tk.Toplevel | None = None
        self.fields: dict[str, ttk.Entry] = {}
        actions.change_password = self.show

    def show(self) -> None:
        """Show it, or bring it to the front."""
        if self._window is None:
            self._window = self._made()
        self._window.lift()
        self.go_to(FIELDS[0])

    def leave(self) -> None:
        """Close it, where it is open."""
        if self._window is not None:
            self.change.left()
            self._window.destroy()
            self._window = None
            self._actions.desk.focus()

    # ---- what the change needs of it

    @property
    def written(self) -> tuple[str, str, str]:
        """What stands in the fields."""
        password, new, repeated = (field.get() for field in self.fields.values())
        return password, new, repeated

    def go_to(self, field: str) -> None:
        """Put the keyboard into a field."""
        self.fields[field].focus_set()

    def redraw(self) -> None:
        """Show what there is to say."""
        for name, label in self.errors.items():
            label.configure(text=self.change.errors.get(name, ""))
            if self.change.errors.get(name):
                label.pack(fill="x")
            else:
                label.pack_forget()
        style = "Error.TLabel" if self.change.is_wrong else "Faint.TLabel"
        self.message.configure(text=self.change.message, style=style)
        self.button.state(["disabled" if self.change.is_busy else "!disabled"])
        if self._window is not None:
            fit(self._window, self._actions.look)

    # ---- within

    def _made(self) -> tk.Toplevel:
        do = self._actions
        say = do.language.gettext
        window = tk.Toplevel(do.screen)
        window.title(say("Change password"))
        window.transient(do.screen.winfo_toplevel())
        scrolled = Scrolled(window, do.look, fills=True)
        scrolled.pack(fill="both", expand=True)
        frame = scrolled.inner
        frame.configure(padding=do.look.px(16))
        self.change = PasswordChange(self, self._commands, do.desk.notices, do.desk.viewer)
        self.errors: dict[str, ttk.Label] = {}
        for name, label in zip(FIELDS, (say("Current"), say("New"), say("Repeat")), strict=True):
            self._add_field(frame, name, label)
        self.message = ttk.Label(frame, wraplength=do.look.px(WRAP), style="Faint.TLabel")
        self.message.pack(fill="x", pady=(do.look.px(8), 0))
        self.button, cancel = add_button_row(frame, (say("Change"), say("Cancel")), do.look, above=8)
        self.button.configure(command=self.change.send)
        cancel.configure(command=self.leave)
        do.look.theme.style_of(self.button, is_default=True)
        scrolled.follow()
        window.bind("<Escape>", lambda _event: self.leave())
        window.protocol("WM_DELETE_WINDOW", self.leave)
        fit(window, do.look)
        return window

    def _add_field(self, frame: ttk.Frame, name: str, label: str) -> None:
        px = self._actions.look.px
        ttk.Label(frame, text=label).pack(fill="x", pady=(px(8), px(2)))
        around = ttk.Frame(frame)
        around.pack(fill="x")
        field = self.fields[name] = ttk.Entry(around, width=32, show="•")
        field.pack(fill="x")
        prepare_line(field)
        field.bind("<Return>", lambda _event: self.change.enter(name))
        self.errors[name] = ttk.Label(around, style="Error.TLabel", wraplength=px(WRAP))

"""The chat's screen with its keys, menus and help in the test's own process."""

from __future__ import annotations

import tkinter as tk

from chatcore_tk.actions import Actions
from chatcore_tk.help import Help
from chatcore_tk.keys import bind, bind_quit, bind_standard
from chatcore_tk.look import Look
from chatcore_tk.menus import Menus
from chatcore_tk.password_window import PasswordWindow

from chatcore import Row
from tests.tk.at_screen import AtScreen


class AtKeys(AtScreen):
    """Alice at the keyboard. What leaves the program is written down."""

    def __init__(self, root: tk.Tk, look: Look, *rows: Row) -> None:
        super().__init__(root, look, *rows)
        self.left = 0
        screen = self.screen
        self.actions = Actions(self.desk, look, self._leave)
        self.menus, self.help = Menus(self.actions), Help(self.actions)
        self.password = PasswordWindow(self.actions, self.asked)
        bind(self.actions, (screen.composer.field, screen.filter, screen.timeline.sheet, screen.roster.sheet))
        bind_standard(root)
        bind_quit(root, self._leave)

    def press(self, *keys: str) -> None:
        """Press keys where the keyboard is, as Tk names them."""
        for key in keys:
            self.focused.event_generate(f"<{key}>")
            self.root.update()

    @property
    def focused(self) -> tk.Misc:
        """Where the keyboard is."""
        focused = self.root.focus_get()
        assert focused is not None
        return focused

    def _leave(self) -> None:
        self.left += 1

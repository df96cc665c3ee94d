"""What keys and menus do beside the desk's own actions: the look, the help, leaving."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from .accounts import Accounts
from .chat_pane import ChatPane
from .desk import WindowDesk
from .look import Look


class Actions:
    """Everything that has a key or a place in a menu."""

    def __init__(self, desk: WindowDesk, look: Look, quit_: Callable[[], None]) -> None:
        self.desk, self.look, self.language = desk, look, desk.viewer.language
        self.quit = quit_
        self.notifies: Callable[[], bool] | None = None
        "Tells whether the desktop notifies; None where it cannot."
        self.switch_notifications: Callable[[], None] = lambda: None
        self.urges: Callable[[], bool] | None = None
        "Tells whether the task bar marks the window; None where it cannot."
        self.switch_urgency: Callable[[], None] = lambda: None
        self.look_chosen: Callable[[], None] = lambda: None
        "Is called when the person has chosen light or dark."
        self.local_server: Callable[[], str] = lambda: ""
        "Says that a server runs that was started from here."
        self.accounts: Accounts | None = None
        "Those that one can go to from here; None where nobody tells."
        self.change_password: Callable[[], None] = lambda: None
        self.help: Callable[[], None] = lambda: None
        self.show_menu: Callable[[], None] = lambda: None

    @property
    def screen(self) -> ChatPane:
        """The chat's screen."""
        return self.desk.screen

    def resize(self, steps: int) -> None:
        """Make the text larger, or smaller where negative."""
        self.look.fonts.resize(self.look.fonts.size + steps)

    def switch_theme(self) -> None:
        """Change from light to dark, or back."""
        self.look.theme.use(dark=not self.look.palette.is_dark)
        self.look_chosen()

    def ask_for_name(self) -> None:
        """Ask for the name that others are to see."""
        if self.desk.viewer.me is not None:
            self.screen.own_name.begin(self.desk.viewer.me.display_name)

    def ask_for_day(self) -> None:
        """Ask for a day to which the open conversation is to go."""
        if self.desk.view is not None:
            self.screen.day.begin()

    def end_pressed(self) -> bool:
        """Go to the newest message where nothing is written; otherwise the key moves in the text."""
        if self.screen.composer.text:
            return False
        self.desk.talk.to_newest()
        return True

    def copy_pressed(self) -> bool:
        """Copy the picked message; where none is, or text is selected, the key copies as usual."""
        has_selection = bool(self.screen.composer.field.tag_ranges(tk.SEL))
        if has_selection or self.desk.view is None or self.desk.view.picked is None:
            return False
        self.desk.copy()
        return True

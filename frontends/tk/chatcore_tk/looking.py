"""Whether somebody looks at the window, as far as Tk can tell."""

from __future__ import annotations

import tkinter as tk

from .desk import WindowDesk


class Looking:
    """Tells the desk when the keyboard comes or goes, and when the window is covered, hidden or seen again."""

    def __init__(self, root: tk.Tk, desk: WindowDesk) -> None:
        self._root, self._desk = root, desk
        self._is_covered = False
        for event in ("<FocusIn>", "<FocusOut>", "<Map>", "<Unmap>"):
            root.bind(event, lambda _event: self.soon())
        desk.screen.timeline.sheet.bind("<Visibility>", self._covered)

    def soon(self) -> None:
        """Look when Tk has done what it is about to do."""
        self._root.after_idle(self._look)

    def _look(self) -> None:
        """The keyboard has to be in the window, and the chat to be seen."""
        if not self._root.winfo_exists():
            return
        focused = str(self._root.tk.call("focus", "-displayof", "."))
        attention = self._desk.attention
        # Empty where another program has it (a locked screen, too); the help and menus are windows of their own.
        attention.has_focus = bool(focused) and str(self._root.tk.call("winfo", "toplevel", focused)) == "."
        attention.is_hidden = self._is_covered or not self._desk.screen.winfo_viewable()
        self._desk.look()

    def _covered(self, event: tk.Event[tk.Misc]) -> None:
        """Other windows cover all messages, or no longer do. Where a compositor draws, this is never told."""
        self._is_covered = str(event.state) == "VisibilityFullyObscured"
        self._look()

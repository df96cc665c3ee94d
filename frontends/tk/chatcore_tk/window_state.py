"""What the window keeps from one start to the next, and how it looks by that when it opens."""

from __future__ import annotations

import tkinter as tk
from contextlib import suppress

import attrs

from chatcore import ConversationId
from chatcore.view.language import Language

from .chat_pane import ChatPane
from .fonts import has_smooth_fonts
from .look import Look
from .placing import Room, placed
from .settings import Settings, SettingsFile

SIZE = (980, 640)
SMALLEST = (360, 320)
"""Pixels of the design."""


class WindowState:
    """The settings of a window that is open."""

    def __init__(self, root: tk.Tk, screen: ChatPane, look: Look, file: SettingsFile) -> None:
        self._root, self._screen, self._look, self._file = root, screen, look, file
        self.settings = Settings()

    def begin(self, settings: Settings) -> None:
        """Put the window where it was, as large as it was, as far as the screens have room for it."""
        self.settings = settings
        px, root = self._look.px, self._root
        room = Room(root.winfo_vrootx(), root.winfo_vrooty(), root.winfo_vrootwidth(), root.winfo_vrootheight())
        smallest = min(px(SMALLEST[0]), room.width), min(px(SMALLEST[1]), room.height)
        root.minsize(*smallest)
        root.geometry(placed(settings.geometry, room, usual=(px(SIZE[0]), px(SIZE[1])), smallest=smallest))
        if settings.list_width:
            self._screen.list_width = settings.list_width

    def opened(self, key: str) -> ConversationId | None:
        """Return what a user on a server had open last."""
        conversation = self.settings.opened.get(key)
        return ConversationId(conversation) if conversation else None

    def note_opened(self, key: str, conversation: ConversationId | None) -> None:
        """Remember what a user on a server has open."""
        if conversation is not None:
            self.settings = self.settings.with_opened(key, conversation)

    def choose_look(self) -> None:
        """The person has chosen light or dark: from now on it follows nothing else."""
        self.settings = attrs.evolve(self.settings, has_own_look=True)

    def hint_at_fonts(self, language: Language) -> str:
        """Return, once, a sentence that this Tk draws letters badly, and misses many; empty where it does not."""
        if has_smooth_fonts(self._root) or self.settings.knows_of_fonts:
            return ""
        self.settings = attrs.evolve(self.settings, knows_of_fonts=True)
        return language.gettext("This Python's Tk has no smooth fonts. The system's own (python3-tk) looks better.")

    def save(self) -> None:
        """Have it all on disk."""
        self.settings = attrs.evolve(
            self.settings,
            geometry=self._root.geometry() if self._root.winfo_viewable() else self.settings.geometry,
            dark=self._look.palette.is_dark,
            size=self._look.fonts.size,
            list_width=self._screen.list_width,
        )
        with suppress(OSError):  # the window is on its way out: there is nobody to tell
            self._file.save(self.settings)

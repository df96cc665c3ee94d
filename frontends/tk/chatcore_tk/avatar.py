"""The picture of somebody who has none: a disc in their colour with their initials."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from chatcore import Row, UserId
from chatcore.view.initials import initials
from chatcore.view.senders import colour_of

from .fonts import SMALL_BOLD
from .look import Look
from .palette import Palette
from .sheet import Shape, Sheet, text


def colour_for(user: UserId | None, palette: Palette, *, is_disabled: bool = False) -> str:
    """Return the colour of a user's disc; None stands for everybody."""
    if is_disabled:
        return palette.faint
    return palette.primary if user is None else palette.senders[colour_of(user)]


def avatar(left: float, top: float, size: int, letters: str, colour: str, look: Look) -> list[Shape]:
    """Draw one, `size` pixels wide and high; letters that are too wide for it are left out."""
    middle = size / 2
    shapes = [look.pictures.dot(left + middle, top + middle, size, colour)]
    if look.fonts.rulers[SMALL_BOLD].width(letters) < size:
        shapes.append(text(left + middle, top + middle, letters, SMALL_BOLD, look.palette.on_sender, "center"))
    return shapes


class Portrait(Sheet):
    """One beside a heading."""

    def __init__(self, master: tk.Misc | ttk.Frame, look: Look) -> None:
        super().__init__(master)
        self._look = look
        self._of: tuple[str, UserId | None, bool] | None = None
        look.theme.on_change(self._draw)
        look.fonts.on_change(self._draw)

    def show(self, name: str, user: UserId | None, *, is_disabled: bool = False) -> None:
        """Show whose heading it is; `name` is safe to show, and nobody's where it is empty."""
        of = (initials(name), user, is_disabled) if name else None
        if of != self._of:
            self._of = of
            self._draw()

    def show_row(self, row: Row, name: str) -> None:
        """Show that of a row of the list."""
        self.show(name, row.user, is_disabled=row.disabled)

    def _draw(self) -> None:
        palette = self._look.palette
        size = self._look.avatar
        self.configure(background=palette.background, width=size, height=size)
        shapes: list[Shape] = []
        if self._of is not None:
            letters, user, is_disabled = self._of
            colour = colour_for(user, palette, is_disabled=is_disabled)
            shapes = avatar(0, 0, size, letters, colour, self._look)
        self.paint(shapes)

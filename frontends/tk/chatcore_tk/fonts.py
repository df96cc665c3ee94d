"""The window's fonts: one family in four sizes that grow and shrink together."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter.font import Font, nametofont

from .directions import shaped
from .wrapping import Ruler

SMALLEST, USUAL, LARGEST = 8, 11, 24
"""Points of the text of messages."""

TEXT, BOLD, SMALL, SMALL_BOLD, TITLE = (
    "ChatcoreText",
    "ChatcoreBold",
    "ChatcoreSmall",
    "ChatcoreSmallBold",
    "ChatcoreTitle",
)
_SIZES = {TEXT: 0, BOLD: 0, SMALL: -2, SMALL_BOLD: -2, TITLE: 3}
_BOLD = frozenset({BOLD, SMALL_BOLD, TITLE})
_TK_FONTS = ("TkDefaultFont", "TkTextFont", "TkMenuFont")
_OLD_FONTS_WANTED = ("Noto Sans", "DejaVu Sans", "Liberation Sans", "Helvetica")


class Fonts:
    """The named fonts of one window."""

    def __init__(self, root: tk.Tk, size: int) -> None:
        self._root = root
        self._family = _family(root)
        self._fonts = {name: Font(root, name=name, exists=False, family=self._family) for name in _SIZES}
        # While a widget uses a font, Tk keeps what it knows of it: measuring is then some hundred times as fast.
        self._keepers = [tk.Label(root, font=name) for name in _SIZES]
        self._changed: list[Callable[[], None]] = []
        self.resize(size)

    def on_change(self, changed: Callable[[], None]) -> None:
        """Call this whenever the sizes change."""
        self._changed.append(changed)

    def resize(self, size: int) -> None:
        """Set the size of the text of messages, in points; the others follow."""
        self.size = min(max(size, SMALLEST), LARGEST)
        for name, font in self._fonts.items():
            font.configure(size=self.size + _SIZES[name], weight="bold" if name in _BOLD else "normal")
        for tk_font in _TK_FONTS:
            nametofont(tk_font, self._root).configure(family=self._family, size=self.size - 1)
        self.rulers = {name: Ruler(self._measure_many(name)) for name in _SIZES}
        self.heights = {name: int(font.metrics("linespace")) for name, font in self._fonts.items()}
        for changed in self._changed:
            changed()

    def _measure_many(self, font: str) -> Callable[[Sequence[str]], Sequence[int]]:
        def measure(texts: Sequence[str]) -> Sequence[int]:
            widths = self._root.tk.call("::chatcore::measure", font, tuple(map(shaped, texts)))
            return [int(width) for width in self._root.tk.splitlist(widths)]

        return measure


def has_smooth_fonts(root: tk.Misc) -> bool:
    """Return whether this Tk draws smooth fonts with all scripts in them; on X11 it may have been built without."""
    if root.tk.call("tk", "windowingsystem") != "x11":
        return True
    try:
        return str(root.tk.call("::tk::pkgconfig", "get", "fontsystem")) == "xft"
    except tk.TclError:
        return False


def _family(root: tk.Tk) -> str:
    """Return the system's own family; where fonts are not chosen by fontconfig, one that has many glyphs."""
    usual = str(nametofont("TkDefaultFont", root).actual("family"))
    if has_smooth_fonts(root):
        return usual
    lower = {name.lower(): name for name in root.tk.splitlist(root.tk.call("font", "families"))}
    return next((lower[name.lower()] for name in _OLD_FONTS_WANTED if name.lower() in lower), usual)

"""A canvas that is drawn as a whole, in one call: what is to be seen is a list of shapes."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable

from .directions import drawn

Shape = tuple[object, ...]
"""What Tk's canvas creates: a kind, coordinates, options. Texts are data, never read as Tcl."""

# `{*}$shape` makes words of a list without looking into them.
_PAINT = """
namespace eval ::chatcore {}
proc ::chatcore::paint {sheet shapes} {
    $sheet delete all
    foreach shape $shapes { $sheet create {*}$shape }
}
proc ::chatcore::measure {font texts} {
    set widths {}
    foreach text $texts { lappend widths [font measure $font $text] }
    return $widths
}
"""


def prepare(root: tk.Misc) -> None:
    """Teach this Tk to paint and measure many things at a time.

    Between two calls the network's thread may run: one call for all is one wait at most.
    """
    root.tk.eval(_PAINT)


class Sheet(tk.Canvas):
    """A canvas without border and focus ring."""

    def __init__(self, master: tk.Misc) -> None:
        super().__init__(master, highlightthickness=0, borderwidth=0, takefocus=False)

    def paint(self, shapes: Iterable[Shape]) -> None:
        """Draw these shapes and nothing else, the first one lowest."""
        self.tk.call("::chatcore::paint", self._w, tuple(shapes))  # type: ignore[attr-defined]


def level(sheet: Sheet) -> int:
    """Return how far down in its window the sheet is."""
    return sheet.winfo_rooty() - sheet.winfo_toplevel().winfo_rooty()


def text(x: float, y: float, content: str, font: str, colour: str, anchor: str = "nw") -> Shape:
    """Write a text. Its corner `anchor` is at the place."""
    return signs(x, y, drawn(content), font, colour, anchor)


def signs(x: float, y: float, content: str, font: str, colour: str, anchor: str = "nw") -> Shape:
    """Write signs in the order in which they stand."""
    return ("text", x, y, "-text", content, "-font", font, "-fill", colour, "-anchor", anchor)


def box(left: float, top: float, right: float, bottom: float, colour: str) -> Shape:
    """Fill a rectangle."""
    return ("rectangle", left, top, right, bottom, "-fill", colour, "-outline", "")


def image(x: float, y: float, name: str, anchor: str = "nw") -> Shape:
    """Put a picture."""
    return ("image", x, y, "-image", name, "-anchor", anchor)


def moved(shape: Shape, down: float, aside: float = 0) -> Shape:
    """Return the shape this much further down, and to the right."""
    kind, x, y, *rest = shape
    if kind in {"rectangle", "oval"}:
        right, bottom, *options = rest
        return (kind, x + aside, y + down, right + aside, bottom + down, *options)  # type: ignore[operator]
    return (kind, x + aside, y + down, *rest)  # type: ignore[operator]

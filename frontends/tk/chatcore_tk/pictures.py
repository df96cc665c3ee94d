"""Small smooth pictures for what a canvas draws with steps: dots, badges, the round corners of bubbles."""

from __future__ import annotations

import tkinter as tk

from .sheet import Shape, box, image

try:
    from PIL import Image, ImageDraw, ImageTk
except ImportError:  # then there are corners and steps
    Image = None  # type: ignore[assignment]  # tested before each use

_FINER = 4
"""So many times as fine they are drawn, then made smaller."""


class Pictures:
    """Draws each picture once."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        self._kept: dict[tuple[object, ...], tk.PhotoImage | ImageTk.PhotoImage] = {}

    def dot(self, x: float, y: float, size: int, colour: str) -> Shape:
        """Draw a disc with its middle at the place."""
        if Image is None:
            half = size / 2
            return ("oval", x - half, y - half, x + half, y + half, "-fill", colour, "-outline", "")
        return image(x, y, self._rounded(size, size, size / 2, colour), "center")

    def pill(self, left: float, top: float, width: int, height: int, colour: str) -> Shape:
        """Draw a box whose short sides are round."""
        if Image is None:
            return box(left, top, left + width, top + height, colour)
        return image(left, top, self._rounded(width, height, height / 2, colour))

    def card(self, left: int, top: int, width: int, height: int, radius: int, colour: str) -> list[Shape]:
        """Draw a box with round corners, of any size: four corners and what is between them."""
        right, bottom = left + width, top + height
        if Image is None:
            return [box(left, top, right, bottom, colour)]
        disc = self._corners(radius, colour)
        return [
            box(left + radius, top, right - radius, bottom, colour),
            box(left, top + radius, right, bottom - radius, colour),
            image(left, top, disc[0]),
            image(right - radius, top, disc[1]),
            image(left, bottom - radius, disc[2]),
            image(right - radius, bottom - radius, disc[3]),
        ]

    def _rounded(self, width: int, height: int, radius: float, colour: str) -> str:
        return self._keep(("rounded", width, height, colour), lambda: _draw(width, height, radius, colour))

    def _corners(self, radius: int, colour: str) -> list[str]:
        whole = 2 * radius
        names = []
        for place in range(4):
            x, y = place % 2 * radius, place // 2 * radius
            names.append(
                self._keep(
                    ("corner", place, radius, colour),
                    lambda x=x, y=y: _draw(whole, whole, radius, colour).crop((x, y, x + radius, y + radius)),
                )
            )
        return names

    def _keep(self, key: tuple[object, ...], draw: object) -> str:
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = ImageTk.PhotoImage(draw(), master=self._root)  # type: ignore[operator]
        return str(kept)


def _draw(width: int, height: int, radius: float, colour: str) -> Image.Image:
    fine = Image.new("RGBA", (width * _FINER, height * _FINER), f"{colour}00")
    box_ = (0, 0, width * _FINER - 1, height * _FINER - 1)
    ImageDraw.Draw(fine).rounded_rectangle(box_, radius * _FINER, fill=colour)
    return fine.resize((width, height), Image.Resampling.LANCZOS)

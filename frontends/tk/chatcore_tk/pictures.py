"""Small smooth pictures for what a canvas draws with steps: dots, badges, the round corners of bubbles."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

from .optional import optional
from .sheet import Shape, box, image

_image, _draw_on, _tk = (optional(f"PIL.{name}") for name in ("Image", "ImageDraw", "ImageTk"))

_FINER = 4
"""How many times as large they are drawn before they are made smaller."""


class Pictures:
    """Draws each picture once."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        self._kept: dict[tuple[object, ...], Any] = {}

    @property
    def are_smooth(self) -> bool:
        """Whether there is what draws round corners."""
        return _tk is not None

    def frame(self, radius: int, ground: str, edge: str) -> str:
        """Return a small box with round corners and a thin edge, to be stretched between its corners."""

        def draw() -> Any:  # noqa: ANN401 - as below
            size = 2 * radius + 2
            whole = _draw(size, size, radius, edge)
            whole.alpha_composite(_draw(size - 2, size - 2, radius - 1, ground), (1, 1))
            return whole

        return self._keep(("frame", radius, ground, edge), draw)

    def dot(self, x: float, y: float, size: int, colour: str) -> Shape:
        """Draw a disc with its middle at the place."""
        if _tk is None:
            half = size / 2
            return ("oval", x - half, y - half, x + half, y + half, "-fill", colour, "-outline", "")
        return image(x, y, self._rounded(size, size, size / 2, colour), "center")

    def pill(self, left: float, top: float, width: int, height: int, colour: str) -> Shape:
        """Draw a box whose short sides are round."""
        if _tk is None:
            return box(left, top, left + width, top + height, colour)
        return image(left, top, self._rounded(width, height, height / 2, colour))

    def card(self, left: int, top: int, width: int, height: int, radius: int, colour: str) -> list[Shape]:
        """Draw a box with round corners, of any size: four corners and what is between them."""
        right, bottom = left + width, top + height
        radius = min(radius, width // 2, height // 2)
        if _tk is None or radius < 1:
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
        places = [(x, y) for y in (0, radius) for x in (0, radius)]
        return [self._corner(x, y, radius, colour) for x, y in places]

    def _corner(self, x: int, y: int, radius: int, colour: str) -> str:
        def draw() -> Any:  # noqa: ANN401 - as above
            return _draw(2 * radius, 2 * radius, radius, colour).crop((x, y, x + radius, y + radius))

        return self._keep(("corner", x, y, radius, colour), draw)

    def _keep(self, key: tuple[object, ...], draw: Callable[[], Any]) -> str:
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = _tk.PhotoImage(draw(), master=self._root)
        return str(kept)


def _draw(width: int, height: int, radius: float, colour: str) -> Any:  # noqa: ANN401 - Pillow's image, where there is Pillow
    fine = _image.new("RGBA", (width * _FINER, height * _FINER), f"{colour}00")
    whole = (0, 0, width * _FINER - 1, height * _FINER - 1)
    _draw_on.Draw(fine).rounded_rectangle(whole, radius * _FINER, fill=colour)
    return fine.resize((width, height), _image.Resampling.LANCZOS)

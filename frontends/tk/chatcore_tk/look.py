"""What everything that draws itself needs: colours, fonts, pictures, and how large a pixel of the design is."""

from __future__ import annotations

import attrs

from .fonts import USUAL, Fonts
from .grid import AVATAR
from .palette import Palette
from .pictures import Pictures
from .theme import Theme


@attrs.frozen
class Look:
    """The look of one window."""

    theme: Theme
    fonts: Fonts
    pictures: Pictures
    scale: float
    "Pixels for one pixel of the design, which is meant for 96 dots per inch."

    @property
    def palette(self) -> Palette:
        """The colours at the moment."""
        return self.theme.palette

    @property
    def avatar(self) -> int:
        """How large the disc with somebody's initials is: as the letters beside it are, and even, to have a middle."""
        return 2 * self.px(AVATAR / 2 * max(1.0, self.fonts.size / USUAL))

    def px(self, pixels: float) -> int:
        """Return a length of the design in pixels of this screen."""
        return max(1, round(pixels * self.scale))

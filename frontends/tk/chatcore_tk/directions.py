"""Text in both directions, for a Tk that writes every line from left to right: other systems' order it themselves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from chatcore.view import bidi

IS_NEEDED = sys.platform not in {"win32", "darwin"}


def drawn(text: str) -> str:
    """Return a text as it is given to Tk."""
    return bidi.drawn(text) if IS_NEEDED else text


def shaped(text: str) -> str:
    """Return a text as wide as it is drawn."""
    return bidi.shaped(text) if IS_NEEDED else text


def lines_drawn(text: str, wrap: Callable[[str], Sequence[str]]) -> Sequence[bidi.Drawn]:
    """Return the lines of a text as they are given to Tk; none where they need no work."""
    return bidi.lines_drawn(text, wrap) if IS_NEEDED and not bidi.is_plain(text) else ()

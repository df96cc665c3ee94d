"""The mouse wheel, which every window system tells of in another way."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable


def bind_wheel(widget: tk.Misc, turn: Callable[[int], None]) -> None:
    """Call `turn` with 1 for each step up, and -1 for each step down."""
    widget.bind("<Button-4>", lambda _event: turn(1))
    widget.bind("<Button-5>", lambda _event: turn(-1))
    # Elsewhere than on X11 a step is 120, or less on a fine wheel.
    widget.bind("<MouseWheel>", lambda event: turn(1 if event.delta > 0 else -1))

"""Whether somebody looks at a frontend: as far as a program can tell from its focus, its keys and its window."""

from __future__ import annotations

import attrs

WHILE = 20.0
"""Seconds for which somebody is assumed to look after using a key or the mouse, where nothing tells of the focus."""


@attrs.define
class Attention:
    """What a frontend is told of the person before it. Times are seconds of a monotonic clock.

    Where focus reports come, they decide. Without them (a terminal multiplexer swallows them, many terminals have none)
    another window may be in front at any time, so that a key or the mouse counts for a while only.
    """

    touched_at: float
    "When a key or the mouse was used last; at the beginning the program was started."
    has_focus: bool | None = None
    "None until something tells of it."
    is_hidden: bool = False
    "Nothing can be seen of the window: it is an icon, on another workspace, covered as a whole."

    def touched(self, now: float) -> None:
        """A key was pressed, or the mouse used."""
        self.touched_at = now

    def holds(self, now: float) -> bool:
        """Return whether somebody looks."""
        if self.is_hidden:
            return False
        return now - self.touched_at < WHILE if self.has_focus is None else self.has_focus

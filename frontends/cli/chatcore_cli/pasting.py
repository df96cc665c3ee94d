"""Text pasted into a terminal that does not say so: line ends in the midst of what comes at once."""

from __future__ import annotations

import select
from collections.abc import Callable
from itertools import takewhile

from prompt_toolkit.application import get_app
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

AT_ONCE = 0.05
"""Seconds after a pasted line end in which more of the same text may come, where it is too long for one read."""

_ENDS = frozenset({Keys.ControlM, Keys.ControlJ})
_TEXT = _ENDS | {Keys.ControlI}


class Pasting:
    """Tells a pasted line end from an Enter that somebody pressed: nobody types behind it in the same moment."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._goes_on_until = monotonic()

    def has_line_end(self) -> bool:
        """Return whether the Enter that is being handled is a pasted line end."""
        behind = _behind()
        is_pasted = any(key.key not in _ENDS for key in behind) or _is_line_feed(behind)
        if not behind and self._goes_on:
            is_pasted = _is_readable(get_app().input.fileno)
        if is_pasted:
            self._goes_on_until = self._monotonic() + AT_ONCE
        return is_pasted

    def has_tab(self) -> bool:
        """Return whether the Tab that is being handled is part of a pasted text; behind it alone one may type, too."""
        behind = _behind()
        ends = (place for place, key in enumerate(behind) if key.key in _ENDS)
        return self._goes_on or any(key.key not in _ENDS for key in behind[next(ends, len(behind)) :])

    @property
    def _goes_on(self) -> bool:
        return self._monotonic() < self._goes_on_until


def line_end() -> str:
    """Return what the line end that is being handled stands for: where it has two characters, the second one counts."""
    return "" if _is_line_feed(_behind()) else "\n"


def _behind() -> list[KeyPress]:
    """Return the text that came with the key that is being handled, behind it."""
    return list(takewhile(_is_text, get_app().key_processor.input_queue))


def _is_text(key: KeyPress) -> bool:
    return key.key in _TEXT or len(key.key) == 1


def _is_line_feed(keys: list[KeyPress]) -> bool:
    return bool(keys) and keys[0].key == Keys.ControlJ


def _is_readable(fileno: Callable[[], int]) -> bool:
    try:
        return bool(select.select([fileno()], [], [], 0)[0])
    except (OSError, ValueError, NotImplementedError):  # no terminal of Unix
        return False

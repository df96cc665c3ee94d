"""A key as people write it, and as the toolkit has it."""

from __future__ import annotations

import re

from prompt_toolkit.keys import Keys

Keystroke = tuple[Keys | str, ...]

_NAMED = {key.value for key in Keys if re.fullmatch(r"f\d+|insert|delete|home|end|pageup|pagedown|up|down", key.value)}
_written = re.compile(r"((?:alt-|ctrl-)*)(.+)").fullmatch


def keystroke(written: str) -> Keystroke | None:
    """Return `alt-j`, `ctrl-g`, `f5` or `alt-ctrl-x` as the toolkit has it; None where it is none, or a mere letter."""
    found = _written(written.strip().lower())
    if found is None:
        return None
    modifiers, key = found[1], found[2]
    before: Keystroke = ("escape",) if "alt-" in modifiers else ()
    if "ctrl-" in modifiers:
        return (*before, f"c-{key}") if re.fullmatch("[a-z]", key) else None
    if key in _NAMED or (before and len(key) == 1 and key.isprintable()):
        return (*before, key)
    return None

"""The settings as text: a TOML file that says the same, and of each where it was said."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .config import Chosen, settings

_WIDTH = 40


def shown(chosen: Chosen, *, is_ascii: bool = False) -> Iterator[str]:
    """Return a line for each setting, in the order of the table; what has no value is a comment.

    TOML is UTF-8; with `is_ascii` everything else is escaped.

    None of them is a secret: those stand in files, of which the settings say the names.
    """
    for setting in settings():
        value = getattr(chosen.config, setting.name)
        said = f"# {setting.name} is not set" if value is None else f"{setting.name} = {_toml(value)}"
        line = f"{said:<{_WIDTH}} # {chosen.sources.get(setting.name, 'default')}"
        yield _escaped(line) if is_ascii else line


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case _:  # a text, or what is said by one
            return json.dumps(str(value), ensure_ascii=False)


def _escaped(line: str) -> str:
    return "".join(letter if letter.isascii() else f"\\U{ord(letter):08x}" for letter in line)

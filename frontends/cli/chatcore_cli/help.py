"""The help, made from the tables of keys and commands."""

from __future__ import annotations

from chatcore.client.language import Language

from .cells import cut, pad
from .commands import COMMANDS
from .keys import KEYS
from .render import Line

COLUMN = 18


def help_lines(language: Language, cells: int) -> list[Line]:
    """Give all lines of the help."""
    lines: list[Line] = []
    for section in KEYS:
        lines += _titled(language.gettext(section.title), cells)
        lines += [_entry(key.shown, language.gettext(key.does), cells) for key in section.keys if key.shown]
    lines += _titled(language.gettext("Commands"), cells)
    for command in COMMANDS:
        rest = language.gettext(command.rest) if command.rest else ""
        lines.append(_entry(f"/{command.name} {rest}", language.gettext(command.does), cells))
    return lines


def _titled(title: str, cells: int) -> list[Line]:
    return [[], [("class:help.title", cut(title, cells))]]


def _entry(name: str, does: str, cells: int) -> Line:
    return [("class:help.key", pad(f"  {name}", COLUMN + 2)), ("", " " + cut(does, cells - COLUMN - 3))]

"""The help, made from the tables of keys and commands."""

from __future__ import annotations

from chatcore.view.language import Language

from .cells import cut, pad, wrap
from .keys import KEYS
from .render import Line
from .slash_commands import COMMANDS

COLUMN = 18


def help_lines(language: Language, cells: int) -> list[Line]:
    """Return all lines of the help."""
    lines: list[Line] = []
    for section in KEYS:
        lines += _titled(language.gettext(section.title), cells)
        for key in section.keys:
            if key.shown:
                lines += _entry(key.shown, language.gettext(key.does), cells)
    lines += _titled(language.gettext("Commands"), cells)
    for command in COMMANDS:
        rest = language.gettext(command.rest) if command.rest else ""
        lines += _entry(f"/{command.name} {rest}", language.gettext(command.does), cells)
    return lines[1:]


def _titled(title: str, cells: int) -> list[Line]:
    return [[], [("class:help.title", cut(title, cells))]]


def _entry(name: str, does: str, cells: int) -> list[Line]:
    """Put beside a key what it does, in as many lines as it needs."""
    names = [pad(f"  {name}", COLUMN + 2)]
    texts = wrap(does, cells - COLUMN - 3)
    names += [" " * (COLUMN + 2)] * (len(texts) - 1)
    return [[("class:help.key", left), ("", f" {text}")] for left, text in zip(names, texts, strict=True)]

"""Text in terminal cells: how wide it is, and how to wrap, cut and pad it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prompt_toolkit.utils import get_cwidth

ELLIPSIS = "…"

# Terminals disagree about how wide these make the character before them (tmux draws a family of three in two cells,
# others in six), and one wrong cell shifts all that follows in its line. Without them everybody draws the same.
_unsteady = re.compile("[\u00ad\u200c\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_flag_letter = re.compile("[\U0001f1e6-\U0001f1ff]")
# A line may be broken at white space and on both sides of each wide character.
_wide = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60"
    "\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
_piece = re.compile(f"\\s+|[{_wide}]|[^\\s{_wide}]+")


def steady(text: str) -> str:
    """Return the text as every terminal draws it alike: no joined emoji, flags as letters."""
    if text.isascii():
        return text
    return _flag_letter.sub(lambda flag: chr(ord(flag[0]) - 0x1F1E6 + ord("A")), _unsteady.sub("", text))


def width(text: str) -> int:
    """Return how many cells a line takes. Asks for single characters: get_cwidth remembers what it was asked."""
    if text.isascii():
        return len(text)
    return sum(get_cwidth(character) for character in text)


def cut(text: str, cells: int) -> str:
    """Return as much of a line as fits, with an ellipsis in the place of the rest."""
    if width(text) <= cells:
        return text
    return _head(text, cells - 1) + ELLIPSIS if cells > 0 else ""


def share(name: str, account: str, cells: int) -> tuple[str, str]:
    """Return as much of a name and of the account's behind it as fits, with a space between them, which is counted.

    The account's is what tells two apart: the name gives way first, as far as half of the room.
    """
    if not account:
        return cut(name, cells), ""
    name = cut(name, max(cells - 1 - width(account), min(width(name), cells // 2)))
    return name, cut(account, cells - 1 - width(name))


def pad(text: str, cells: int) -> str:
    """Return a line that takes exactly this many cells: cut, or with spaces behind it."""
    text = cut(text, cells)
    return text + " " * (cells - width(text))


def pieces(text: str) -> list[str]:
    """Take a line apart where it may be broken: into words, wide characters and the white space between them."""
    return _piece.findall(text)


def wrap(text: str, cells: int) -> list[str]:
    """Break a text into lines of at most this many cells: at line feeds, else at spaces, else inside a long word."""
    return [line for part in text.split("\n") for line in _wrap_line(part, max(2, cells))]


def _wrap_line(text: str, cells: int) -> Iterator[str]:
    line, used = "", 0
    for piece in pieces(text):
        size = width(piece)
        if used + size > cells and not piece.isspace():
            if line.strip():
                yield line.rstrip()
            line, used = "", 0
            while size > cells:
                head = _head(piece, cells)
                yield head
                piece, size = piece[len(head) :], size - width(head)  # noqa: PLW2901 - the rest of the word
        line, used = line + piece, used + size
    yield line.rstrip()


def _head(text: str, cells: int) -> str:
    """Return the longest beginning that fits, never parting a letter from its marks."""
    used = 0
    for index, character in enumerate(text):
        used += get_cwidth(character)
        if used > cells:
            return text[:index]
    return text

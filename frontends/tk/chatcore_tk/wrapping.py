"""Breaks text into lines of a width, as the window's fonts draw it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from unicodedata import category

import attrs

MeasureMany = Callable[[Sequence[str]], Sequence[int]]
"""Gives the widths in pixels of texts without line ends."""

MAX_KEPT = 20_000
"""How many widths are kept; more than a long history has different words."""

_ELLIPSIS = "…"
_JOINERS = "\u200c\u200d"
# Scripts without spaces break between any two characters.
_pieces = re.compile(
    "\\s+|[\u2e80-\u303f\u3041-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|[^\\s\u2e80-\u303f"
    "\u3041-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+"
).findall


def share(name: str, account: str, room: int, rulers: tuple[Ruler, Ruler]) -> tuple[str, str]:
    """Return as much of a name and of the account's beside it as fits into the room for both, each by its ruler.

    The account's is what tells two apart: the name gives way first, as far as half of the room.
    """
    ruler, other = rulers
    if not account:
        return ruler.shorten(name, room), ""
    name = ruler.shorten(name, max(room - other.width(account), min(ruler.width(name), room // 2)))
    return name, other.shorten(account, room - ruler.width(name))


@attrs.frozen
class Lines:
    """A text broken into lines."""

    lines: tuple[str, ...]
    width: int
    "Pixels of the widest one."


class Ruler:
    """Measures in one font, each word once."""

    def __init__(self, measure_many: MeasureMany) -> None:
        self._measure_many = measure_many
        self._widths: dict[str, int] = {}

    def width(self, text: str) -> int:
        """Return the width of a text on one line."""
        return self._widths_of([text])[text]

    def wrap(self, text: str, width: int) -> Lines:
        """Break a text at spaces, and inside of words that are wider than a line."""
        pieces = [_pieces(line) for line in text.split("\n")]
        widths = self._widths_of([piece for line in pieces for piece in line])
        lines = [line for words in pieces for line in self._filled(words, widths, width)]
        return Lines(tuple(line for line, _ in lines), max((wide for _, wide in lines), default=0))

    def shorten(self, text: str, width: int) -> str:
        """Cut a text so that it fits on one line, with an ellipsis where something is missing."""
        if self.width(text) <= width:
            return text
        room = width - self.width(_ELLIPSIS)
        return "".join(self._fitting(list(_clusters(text)), room)).rstrip() + _ELLIPSIS

    def _filled(self, words: list[str], widths: dict[str, int], width: int) -> Iterator[tuple[str, int]]:
        line, taken = "", 0
        for word in words:
            wide = widths[word]
            if taken + wide <= width or word.isspace():
                line, taken = line + word, taken + wide
                continue
            if line.strip():
                yield line.rstrip(), min(taken, width)
            line, taken = word, wide
            if wide > width:
                *whole, (line, taken) = self._cut(word, width)
                yield from whole
        yield line.rstrip(), min(taken, width)

    def _cut(self, word: str, width: int) -> Iterator[tuple[str, int]]:
        clusters = list(_clusters(word))
        widths = self._widths_of(clusters)
        line, taken = "", 0
        for cluster in clusters:
            wide = widths[cluster]
            if line and taken + wide > width:
                yield line, taken
                line, taken = "", 0
            line, taken = line + cluster, taken + wide
        yield line, taken

    def _fitting(self, clusters: Sequence[str], room: int) -> Iterator[str]:
        widths = self._widths_of(clusters)
        for cluster in clusters:
            room -= widths[cluster]
            if room < 0:
                return
            yield cluster

    def _widths_of(self, texts: Sequence[str]) -> dict[str, int]:
        new = list({text for text in texts if text not in self._widths})
        if new and len(self._widths) + len(new) > MAX_KEPT:
            self._widths.clear()
            new = list(set(texts))
        if new:
            self._widths.update(zip(new, self._measure_many(new), strict=True))
        return {text: self._widths[text] for text in texts}


def _clusters(text: str) -> Iterator[str]:
    """Return the characters, each with the marks that stand on it."""
    cluster = ""
    for char in text:
        joins = category(char) in {"Mn", "Mc", "Me"} or char in _JOINERS or cluster.endswith("\u200d")
        if cluster and not joins:
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster

"""Hints in the parts in which PostgreSQL passes them on: a notification has at most 7,999 bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...errors import BadFrame
from ...ports.bus import Hint
from ...wire import hints

CHARACTERS = 1_900
"""Of a part's text: four times as many bytes, at most."""

MOST_PARTS = 10_000
"""Of what was published at once: there is no more of it than memory for it."""


def split(published: Sequence[Hint], number: int) -> list[str]:
    """Return the parts of what is published at once; `number` is another one each time.

    PostgreSQL passes on once what is the same twice in one transaction: with the number no two are.
    """
    text = "\n".join(hints.encode(hint).decode() for hint in published)
    texts = [text[at : at + CHARACTERS] for at in range(0, len(text), CHARACTERS)]
    return [f"{number} {place} {len(texts)}\n{part}" for place, part in enumerate(texts, 1)]


class Joining:
    """Puts the parts of one publisher together again. They come in their order, or are lost."""

    def __init__(self) -> None:
        self._number = 0
        self._texts: list[str] = []

    def add(self, part: str) -> list[Hint]:
        """Take a part; return what is whole with it. Raises BadFrame for what is no part."""
        head, _, text = part.partition("\n")
        number, place, count = _numbers(head)
        if place == 1:
            self._number, self._texts = number, []
        if number != self._number or place != len(self._texts) + 1:
            self._texts = []  # the one before was lost
            return []
        self._texts.append(text)
        if place < count:
            return []
        whole, self._texts = "".join(self._texts), []
        return list(_decoded(whole))


def _numbers(head: str) -> tuple[int, int, int]:
    words = head.split(" ")
    if len(words) == 3 and all(word.isascii() and word.isdecimal() and len(word) < 16 for word in words):  # noqa: PLR2004 - number, place, count
        number, place, count = map(int, words)
        if 1 <= place <= count <= MOST_PARTS:
            return number, place, count
    msg = "it does not begin with number, place and count"
    raise BadFrame(msg)


def _decoded(whole: str) -> Iterator[Hint]:
    for line in whole.split("\n"):
        hint = hints.decode(line.encode())
        if hint is not None:
            yield hint

"""Links in a text: where they are, and which of them a frontend may open."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

_found = re.compile(r"https?://[^\s<>\"'`{}|\\^\[\]\x00-\x1f\x7f]+", re.IGNORECASE).finditer

_PAIRS = {")": "("}
_TRAILING = ".,;:!?…*_)"
"What closes a sentence around an address, and belongs to it only as the other half of a pair."


@attrs.frozen
class Link:
    """An address of the web in a text: http and https, nothing that would start another program."""

    start: int
    stop: int
    "Past its last character."
    address: str


def links(text: str) -> Iterator[Link]:
    """Find the links of a text that is safe to show, in order."""
    for found in _found(text):
        address = _without_closing(found[0])
        if len(address) > address.index("//") + 2:
            yield Link(found.start(), found.start() + len(address), address)


def places(text: str, lines: list[str]) -> list[list[tuple[int, int, str]]]:
    """Return for each of the lines into which a text was broken where in it which address stands: start, stop, address.

    The lines have the text's characters in their order; spaces at which it was broken may be missing.
    """
    found: list[list[tuple[int, int, str]]] = [[] for _ in lines]
    starts: list[int] = []
    at = 0
    for line in lines:
        at = max(text.find(line, at), 0) if line else at
        starts.append(at)
        at += len(line)
    for link in links(text):
        for number, (start, line) in enumerate(zip(starts, lines, strict=True)):
            first, last = max(link.start, start), min(link.stop, start + len(line))
            if first < last:
                found[number].append((first - start, last - start, link.address))
    return found


def _without_closing(address: str) -> str:
    while address[-1] in _TRAILING:
        opening = _PAIRS.get(address[-1])
        if opening and address.count(opening) >= address.count(address[-1]):
            break
        address = address[:-1]
    return address

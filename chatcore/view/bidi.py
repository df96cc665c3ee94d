"""Text in both directions as it is drawn by what writes every line from left to right, such as Tk's canvas on X11.

The order is that of the Unicode Bidirectional Algorithm (Unicode Standard Annex 9) for texts without explicit
formatting characters, as `text.clean` leaves none. Arabic letters become the presentation forms that they have beside
their neighbours, which Unicode's own data names (Unicode Standard, 9.2).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

import attrs

_has_other_direction = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
).search

_LEFT, _RIGHT = "L", "R"
_NEUTRAL = frozenset({"B", "S", "WS", "ON"})
_BRACKETS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "〈": "〉", "《": "》", "「": "」", "『": "』", "【": "】"}
_CLOSING = {closing: opening for opening, closing in _BRACKETS.items()}
_MIRRORED = _BRACKETS | _CLOSING | {"<": ">", ">": "<", "«": "»", "»": "«", "‹": "›", "›": "‹", "≤": "≥", "≥": "≤"}


@attrs.frozen
class Drawn:
    """A line as its signs stand from left to right."""

    read: str
    "The line as it is read."
    text: str
    spans: tuple[tuple[int, int], ...]
    "For each sign of it, which part of the line it draws."
    is_rightwards: bool = True
    "Whether the paragraph begins at the left; else it stands at the right."

    def place(self, start: int, stop: int) -> tuple[int, int]:
        """Return from which sign to which a part of the line is drawn: the outermost ones."""
        found = [at for at, (first, last) in enumerate(self.spans) if first < stop and last > start]
        return (found[0], found[-1] + 1) if found else (0, 0)

    def parts(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Return which parts of the line are drawn from one sign to another, in the order in which it is read."""
        return sorted(self.spans[start:stop])


def is_plain(text: str) -> bool:
    """Return whether a text has letters of one direction only, the one in which everything is drawn."""
    return text.isascii() or not _has_other_direction(text)


def drawn(text: str) -> str:
    """Return a text as it is drawn; each of its lines is a paragraph."""
    return text if is_plain(text) else "\n".join(draw(line, line).text for line in text.split("\n"))


def lines_drawn(text: str, wrap: Callable[[str], Sequence[str]]) -> list[Drawn]:
    """Return the lines of a text as they are drawn; `wrap` breaks a paragraph into lines."""
    return [draw(line, paragraph) for paragraph in text.split("\n") for line in wrap(paragraph)]


def shaped(text: str) -> str:
    """Return a text with the forms that its letters take, in its own order: so wide it is drawn."""
    return text if is_plain(text) else "".join(sign for sign, _, _ in _shapes(text))


def draw(line: str, paragraph: str) -> Drawn:
    """Return a line as it is drawn. `paragraph` is the whole that it is of, which decides where it begins."""
    base = _base(paragraph)
    levels = _levels(line, base)
    signs = [(sign, start, stop, levels[start]) for sign, start, stop in _shapes(line)]
    ordered = _reordered(signs)
    text = "".join(_MIRRORED.get(sign, sign) if level % 2 else sign for sign, _, _, level in ordered)
    return Drawn(line, text, tuple((start, stop) for _, start, stop, _ in ordered), is_rightwards=base == 0)


# ---- the order


def _base(paragraph: str) -> int:
    """Return the level of a paragraph by its first strong letter (P2, P3)."""
    first = next((kind for kind in map(unicodedata.bidirectional, paragraph) if kind in {"L", "R", "AL"}), _LEFT)
    return 0 if first == _LEFT else 1


def _levels(line: str, base: int) -> list[int]:
    """Return the level of each character: even ones are written to the right, odd ones to the left."""
    own = [unicodedata.bidirectional(char) or _LEFT for char in line]
    edge = _RIGHT if base else _LEFT
    kinds = _weak(own, edge)
    _pair(line, kinds, edge)
    _neutral(kinds, edge)
    levels = [base + _raised(kind, base) for kind in kinds]
    for at in range(len(line) - 1, -1, -1):  # L1: what is blank at the end stands at the paragraph's end
        if own[at] not in {"WS", "S", "B"}:
            break
        levels[at] = base
    return levels


def _raised(kind: str, base: int) -> int:
    """Return by how much a character's level is above that of its paragraph (I1, I2)."""
    if base:
        return 0 if kind == _RIGHT else 1
    return {_LEFT: 0, _RIGHT: 1}.get(kind, 2)


def _weak(own: Sequence[str], edge: str) -> list[str]:
    """Resolve marks, and what numbers and letters count as (W1 to W3), and what follows from that."""
    kinds = [kind if kind not in {"BN", "LRM", "RLM"} else "ON" for kind in own]
    strong = before = edge
    for at, kind in enumerate(kinds):
        if kind == "NSM":
            kind = before  # noqa: PLW2901 - as the rules say it
        if kind in {"L", "R", "AL"}:
            strong = kind
        elif kind == "EN" and strong == "AL":
            kind = "AN"  # noqa: PLW2901
        kinds[at] = before = kind
    return _numbers([_RIGHT if kind == "AL" else kind for kind in kinds], edge)


def _numbers(kinds: list[str], edge: str) -> list[str]:
    """Resolve what stands in and beside numbers, and which of them count as letters (W4 to W7)."""
    for at in range(1, len(kinds) - 1):
        around = {kinds[at - 1], kinds[at + 1]}
        if (kinds[at] in {"ES", "CS"} and around == {"EN"}) or (kinds[at] == "CS" and around == {"AN"}):
            kinds[at] = kinds[at - 1]
    for start, stop in _runs(kinds, {"ET"}):
        if "EN" in (kinds[start - 1 : start] + kinds[stop : stop + 1]):
            kinds[start:stop] = ["EN"] * (stop - start)
    kinds = ["ON" if kind in {"ES", "ET", "CS"} else kind for kind in kinds]
    strong = edge
    for at, kind in enumerate(kinds):
        strong = kind if kind in {_LEFT, _RIGHT} else strong
        if kind == "EN" and strong == _LEFT:
            kinds[at] = _LEFT
    return kinds


def _pair(line: str, kinds: list[str], edge: str) -> None:
    """Have both brackets of a pair go the way of what is in them, or of what is before them (N0)."""
    waiting: list[tuple[str, int]] = []
    pairs = []
    for at, char in enumerate(line):
        if char in _BRACKETS and kinds[at] == "ON":
            waiting.append((char, at))
        elif char in _CLOSING and kinds[at] == "ON":
            place = next((n for n in range(len(waiting) - 1, -1, -1) if waiting[n][0] == _CLOSING[char]), None)
            if place is not None:
                pairs.append((waiting[place][1], at))
                del waiting[place:]
    for opening, closing in sorted(pairs):
        within = {_strong(kind) for kind in kinds[opening + 1 : closing]} - {""}
        if edge in within:
            kinds[opening] = kinds[closing] = edge
        elif within:
            before = next(filter(None, map(_strong, reversed(kinds[:opening]))), edge)
            kinds[opening] = kinds[closing] = before


def _neutral(kinds: list[str], edge: str) -> None:
    """Have what has no direction go with what is at both sides of it, else with the paragraph (N1, N2)."""
    for start, stop in _runs(kinds, _NEUTRAL):
        before = _strong(kinds[start - 1]) if start else edge
        after = _strong(kinds[stop]) if stop < len(kinds) else edge
        kinds[start:stop] = [before if before == after else edge] * (stop - start)


def _strong(kind: str) -> str:
    """Return the direction of a kind; numbers count as written to the left, and neutrals have none."""
    return _RIGHT if kind in {_RIGHT, "EN", "AN"} else kind if kind == _LEFT else ""


def _runs(kinds: Sequence[str], of: frozenset[str] | set[str]) -> list[tuple[int, int]]:
    """Return where the longest stretches of some kinds begin and end."""
    found = []
    start = None
    for at, kind in enumerate([*kinds, ""]):
        if kind in of and start is None:
            start = at
        elif kind not in of and start is not None:
            found.append((start, at))
            start = None
    return found


_Sign = tuple[str, int, int, int]
"""What is drawn, from where to where it stands in the line, and its level."""


def _reordered(signs: list[_Sign]) -> list[_Sign]:
    """Turn round, from the highest level down, all that stands at it or above (L2); marks stay behind letters (L3)."""
    ordered = list(signs)
    for level in range(max((sign[3] for sign in signs), default=0), 0, -1):
        is_in = ["x" if sign[3] >= level else "" for sign in ordered]
        for start, stop in _runs(is_in, {"x"}):
            ordered[start:stop] = ordered[start:stop][::-1]
    for start, stop in _runs(["x" if sign[3] % 2 and _is_mark(sign[0]) else "" for sign in ordered], {"x"}):
        if stop < len(ordered):
            ordered[start : stop + 1] = ordered[start : stop + 1][::-1]
    return ordered


# ---- the forms of Arabic letters


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign) in {"Mn", "Me"}


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Return for each letter, and each pair that is written as one, its forms by name, such as `initial`."""
    found: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFBB2), *range(0xFBD3, 0xFC00), *range(0xFE80, 0xFEFD)):
        form, _, letters = unicodedata.decomposition(chr(code)).partition(" ")
        whole = "".join(chr(int(letter, 16)) for letter in letters.split())
        if form in {"<isolated>", "<final>", "<initial>", "<medial>"} and (len(whole) == 1 or whole[:1] == "\u0644"):
            found.setdefault(whole, {}).setdefault(form[1:-1], chr(code))
    return found


def _joins_after(char: str) -> bool:
    """Return whether a letter is joined to the one behind it."""
    return char in {"\u0640", "\u200d"} or "initial" in _forms().get(char, ())


def _joins_before(char: str) -> bool:
    return char in {"\u0640", "\u200d"} or "final" in _forms().get(char, ())


def _shapes(line: str) -> list[tuple[str, int, int]]:
    """Return what is drawn for each letter, and from where to where it stands in the line."""
    forms = _forms()
    places = [at for at, char in enumerate(line) if not _is_mark(char)]
    shapes = [(char, at, at + 1) for at, char in enumerate(line)]
    gone = set()
    for number, at in enumerate(places):
        char = line[at]
        if char not in forms or at in gone:
            continue
        before = line[places[number - 1]] if number else ""
        after = line[places[number + 1]] if number + 1 < len(places) else ""
        stop = at + 1
        if after and char + after in forms and places[number + 1] == at + 1:
            char, stop = char + after, at + 2
            gone.add(at + 1)
            after = ""
        joined = bool(before) and _joins_after(before) and "final" in forms[char]
        joins = bool(after) and "initial" in forms[char] and _joins_before(after)
        form = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get((joined, joins))
        shapes[at] = forms[char].get(form or "isolated", line[at]), at, stop
    return [shape for shape in shapes if shape[1] not in gone]

"""What names look like: two of one look cannot be told apart by eye (Unicode Technical Standard 39, "skeleton")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from unicodedata import normalize

from .messages import INVISIBLE

LOOK_DIGITS = 16
"""A look is compared, and never read: so many hex digits of a digest are enough."""


def skeleton(text: str) -> str:
    """Return a text in which everything that looks alike is the same: `paypal` for `pаypаl` with Cyrillic letters.

    Other forms of a letter, such as wide ones, are that letter. Case makes no difference beyond that: `I` looks like
    `l`, and `A` like `A`; both are compared in lower case. What shows nothing is left out.
    """
    shown = _leave_out("", normalize("NFKD", text)).translate(_confusables())
    return normalize("NFKD", shown).lower()


def look_of(text: str) -> str:
    """Return the look of a name: 16 hex digits, the same for all that look alike."""
    return sha256(skeleton(text).encode()).hexdigest()[:LOOK_DIGITS]


_leave_out = re.compile(f"[{INVISIBLE}]").sub


@cache
def _confusables() -> Mapping[int, str]:
    table: dict[int, str] = {}
    for line in files(__package__).joinpath("confusables.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            look, _, alike = line.partition(" = ")
            drawn = "".join(chr(int(code, 16)) for code in look.split())
            table.update((int(code, 16), drawn) for code in alike.split())
    return table

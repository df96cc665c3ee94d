"""Initials: what stands for somebody where there is no room for a name, or no picture."""

from __future__ import annotations

import re
import unicodedata

_words = re.compile(r"[^\s._\-]+").findall


def initials(name: str) -> str:
    """Return one or two letters of a name that is safe to show: those with which its first and last word begin.

    A name without letters and digits is stood for by its first sign; in scripts without capitals one letter is enough.
    """
    words = [word for word in _words(unicodedata.normalize("NFC", name)) if any(map(str.isalnum, word))]
    if not words:
        return name.strip()[:1]
    letters = [next(filter(str.isalnum, word)) for word in (words[0], words[-1])]
    has_capitals = all(letter.upper() != letter.lower() for letter in letters)
    chosen = letters if len(words) > 1 and has_capitals else letters[:1]
    return "".join(letter.upper()[:1] for letter in chosen)

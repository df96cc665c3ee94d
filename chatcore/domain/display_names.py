"""Display names: what they may be, and how an account's name is made of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, normalize

from ..errors import InvalidName
from .ids import UserId
from .messages import INVISIBLE

MAX_DISPLAY_NAME = 64
"""Code points."""

NOBODY = "user"
"""The account's name where the display name has nothing in it of which one could be made."""

MAX_STEM, MIN_NAME = 22, 2

_UNWANTED = {"Cc": "control character", "Cs": "half character", "Co": "character for private use"}
_UNWANTED |= {"Cn": "character that there is not", "Cf": "character that shows nothing"}

_spaces = re.compile("[\\s\u2800]+")
_presentation = re.compile("[\ufe0e\ufe0f]")
_invisible = re.compile(f"[{INVISIBLE}]")

# Letters that no decomposition leads to ASCII.
_LATIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ŧ": "t"}
)


def check_display_name(text: str) -> str:
    """Return a display name as it is kept: in normalization form C, with single spaces within, as RFC 8266 has it.

    Raises InvalidName unless it has 1 to 64 code points that can be seen, and no `@`, which stands before the account's
    name where two look alike. What only asks for the coloured form of a sign is left out.
    """
    name = normalize("NFC", _spaces.sub(" ", _presentation.sub("", text)).strip())
    if not 1 <= len(name) <= MAX_DISPLAY_NAME:
        msg = f"a display name has 1 to {MAX_DISPLAY_NAME} characters, this one has {len(name)}"
        raise InvalidName(msg, field="display_name")
    if not any(category(character)[0] in "LNPS" for character in name):
        msg = "a display name has at least one letter, digit or sign in it"
        raise InvalidName(msg, field="display_name")
    for character in name:
        if trouble := _trouble(character):
            msg = f"a display name has no {trouble} in it (U+{ord(character):04X})"
            raise InvalidName(msg, field="display_name")
    return name


def _trouble(character: str) -> str | None:
    """Return what kind of character it is where a display name has none of the kind."""
    if character == "@":
        return "@"
    kind = _UNWANTED.get(category(character))
    return kind or ("character that shows nothing" if _invisible.match(character) else None)


def account_names(display_name: str, user: UserId) -> Iterator[str]:
    """Give names for an account, to be tried one after the other: ASCII, in lower case, then with a number behind.

    After the first few the numbers are of the user's id: so a thousand people of one name need no thousand trials.
    """
    plain = normalize("NFKD", display_name.lower().translate(_LATIN))
    words = re.findall("[a-z0-9]+", "".join(c for c in plain if not category(c).startswith("M")))
    stem = ".".join(words)[:MAX_STEM].rstrip(".")
    if len(stem) < MIN_NAME:
        stem = NOBODY
    yield stem
    for number in range(2, 10):
        yield f"{stem}{number}"
    for digits in (4, 6, 8, 10):
        yield f"{stem}{int(user, 16) % 10**digits}"

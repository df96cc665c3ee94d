"""Users, and which names and passwords they may have."""

from __future__ import annotations

import re
from typing import Protocol
from unicodedata import normalize

import attrs

from ..errors import InvalidName, WeakPassword
from .ids import UserId

RESERVED_NAMES = frozenset(
    [
        "general",
        "everybody",
        "everyone",
        "all",
        "here",
        "you",
        "me",
        "system",
        "server",
        "root",
        "admin",
        "administrator",
        "moderator",
        "support",
        "chatcore",
    ]
)
MIN_PASSWORD, MAX_PASSWORD = 8, 128


@attrs.frozen
class User:
    """Somebody who registered."""

    id: UserId
    name: str
    "As typed at registration."
    number: int
    "The place in the order of registration: 1, 2, 3, … without holes; it never changes."
    fact: int
    """The number of the newest fact about them. The directory is a log of facts about users: each registration, and
    each later change of a user, takes the next number, 1, 2, 3, …"""


class NamePolicy(Protocol):
    """Decides which names are allowed and which are the same."""

    def fold(self, name: str) -> str:
        """Return the form under which names are compared; raise InvalidName where nobody can have the name."""

    def check_new(self, folded: str) -> None:
        """Raise InvalidName where nobody may take a folded name any more; who has it already keeps it."""


class AsciiNames:
    """Names of 2 to 32 letters (a-z), digits, `.`, `_` and `-`, beginning with a letter or digit, in any case."""

    _allowed = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}").fullmatch

    def fold(self, name: str) -> str:
        """Return the name in lower case; raise InvalidName where it is not allowed."""
        folded = name.lower() if name.isascii() else name
        if not self._allowed(folded):
            msg = "a name has 2 to 32 letters, digits, '.', '_' or '-', and begins with a letter or digit (a-z only)"
            raise InvalidName(msg, field="name")
        return folded

    def check_new(self, folded: str) -> None:
        """Raise InvalidName where a name is reserved or looks like one that is."""
        reserved = reserved_look_alike(folded)
        if reserved == folded:
            msg = f"the name {folded} is reserved"
            raise InvalidName(msg, field="name")
        if reserved is not None:
            msg = f"the name {folded} looks like {reserved}, which is reserved"
            raise InvalidName(msg, field="name")


def reserved_look_alike(folded: str) -> str | None:
    """Return the reserved name that a name in lower case is or looks like (`adm1n`, `rn` for `m`), None for others."""
    plain = folded.replace("rn", "m").replace("vv", "w").replace("0", "o")
    forms = (folded, plain.replace("1", "l"), plain.replace("1", "i"))
    return next((form for form in forms if form in RESERVED_NAMES), None)


def check_password(password: str) -> str:
    """Return the password as it is kept; raise WeakPassword unless it has 8 to 128 code points."""
    kept = password_forms(password)[0]
    if not MIN_PASSWORD <= len(kept) <= MAX_PASSWORD:
        msg = f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters, this one has {len(kept)}"
        raise WeakPassword(msg, field="password")
    return kept


def password_forms(password: str) -> tuple[str, ...]:
    """Return the form in which a password is kept, and the one that was typed where it differs.

    Keyboards write one letter in several ways. RFC 8265, section 4.2.2 (OpaqueString): every space is U+0020, and the
    rest is in normalization form C. What was kept before this rule is as it was typed.
    """
    if password.isascii() or len(password) > MAX_PASSWORD * _MAX_PARTS:
        return (password,)
    return tuple(dict.fromkeys((normalize("NFC", _space.sub(" ", password)), password)))


_MAX_PARTS = 4
"""The most code points that one can be taken apart into: a longer text has no form that is short enough."""

_space = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

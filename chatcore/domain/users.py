"""Users, and which names and passwords they may have."""

from __future__ import annotations

import re
from typing import Protocol

import attrs

from ..errors import InvalidName, WeakPassword
from .ids import UserId

RESERVED_NAMES = frozenset({"general", "everybody", "system", "admin", "you", "me"})
MIN_PASSWORD, MAX_PASSWORD = 8, 128


@attrs.frozen
class User:
    """Somebody who registered."""

    id: UserId
    name: str
    "As typed at registration."
    number: int
    "The place in the directory: 1, 2, 3, … in the order of registration, without holes."


class NamePolicy(Protocol):
    """Decides which names are allowed and which are the same."""

    def fold(self, name: str) -> str:
        """Give the form under which names are compared; raise InvalidName where the name is not allowed."""


class AsciiNames:
    """Names of 2 to 32 letters (a-z), digits, `.`, `_` and `-`, beginning with a letter or digit, in any case."""

    _allowed = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}").fullmatch

    def fold(self, name: str) -> str:
        """Give the name in lower case; raise InvalidName where it is not allowed."""
        folded = name.lower() if name.isascii() else name
        if not self._allowed(folded):
            msg = "a name has 2 to 32 letters, digits, '.', '_' or '-', and begins with a letter or digit (a-z only)"
            raise InvalidName(msg, field="name")
        if folded in RESERVED_NAMES:
            msg = f"the name {folded} is reserved"
            raise InvalidName(msg, field="name")
        return folded


def check_password(password: str) -> str:
    """Give the password back; raise WeakPassword unless it has 8 to 128 code points."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        msg = f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters, this one has {len(password)}"
        raise WeakPassword(msg, field="password")
    return password

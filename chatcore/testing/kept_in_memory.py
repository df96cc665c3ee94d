"""Tokens of sessions, kept in memory: what a program keeps in a file."""

from __future__ import annotations

from ..domain.ids import Token


class KeptInMemory:
    """A `TokenKeeper` for one client or several."""

    def __init__(self) -> None:
        self._next: dict[Token, Token] = {}

    def newest(self, token: Token) -> Token:
        """Return the token that has taken the place of one; else the same."""
        while token in self._next:
            token = self._next[token]
        return token

    def keep(self, former: Token, token: Token) -> bool:
        """Keep a token in the place of another one; it always works."""
        self._next[former] = token
        return True

"""Where the tokens of sessions are kept from one start to the next, perhaps by several programs at once."""

from __future__ import annotations

from typing import Protocol

from ..domain.ids import Token


class TokenKeeper(Protocol):
    """Keeps the newest token of each session."""

    def newest(self, token: Token) -> Token:
        """Return the token that has taken the place of one, here or in another program; else the same. Never raises."""

    def keep(self, former: Token, token: Token) -> bool:
        """Keep a token in the place of another one, on disk before it returns; tell whether that has worked.

        It has not where the former one is not kept, or no more. Raises nothing.
        """

"""The tokens of sessions in the file of profiles, where every program of a person finds the newest one."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ..domain.ids import Token
from ..process.folders import NoHome
from .profiles import BadProfile, Profiles

log: logging.Logger = logging.getLogger(__name__)


class KeptTokens:
    """A `TokenKeeper` over profiles."""

    def __init__(self, profiles: Callable[[], Profiles]) -> None:
        """`profiles` gives the file, or raises NoHome."""
        self._profiles = profiles

    def newest(self, token: Token) -> Token:
        """Return the token that has taken the place of one; else the same."""
        try:
            return Token(self._profiles().newest(token))
        except (OSError, BadProfile, NoHome) as error:
            log.warning("the profiles cannot be read: %s", error)
            return token

    def keep(self, former: Token, token: Token) -> bool:
        """Keep a token in the place of another one; tell whether that has worked."""
        try:
            return self._profiles().renew(former, token)
        except (OSError, BadProfile, NoHome) as error:
            log.warning("another token of the session is not kept, and so not used: %s", error)
            return False

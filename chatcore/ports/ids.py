"""The id port: everything random, so that a test can repeat it."""

from __future__ import annotations

from typing import Protocol

from ..domain.ids import ClientId, Token, UserId


class IdSource(Protocol):
    """Makes ids and random numbers."""

    def user_id(self) -> UserId:
        """Make a user's id: 16 hexadecimal digits, never the same twice."""

    def token(self) -> Token:
        """Make a session's token: 256 bits that nobody can guess."""

    def client_id(self, now_ms: int) -> ClientId:
        """Make the id of a post: 16 bytes in base64url, the first six of them the client's clock."""

    def instance(self) -> str:
        """Make a random name: of a client object, of a start of a server."""

    def fraction(self) -> float:
        """Return a random number from 0 up to but not 1, for jitter."""

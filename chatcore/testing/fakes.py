"""Working stand-ins for chance and for slow hashes."""

from __future__ import annotations

import base64
from hashlib import sha256
from random import Random

from ..domain.ids import ClientId, Token, UserId


class SeededIds:
    """Ids and jitter that are the same for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)

    def user_id(self) -> UserId:
        """Make a user's id."""
        return UserId(self._random.randbytes(8).hex())

    def token(self) -> Token:
        """Make a session's token."""
        return Token(self._random.randbytes(32).hex())

    def client_id(self, now_ms: int) -> ClientId:
        """Make the id of a post."""
        raw = now_ms.to_bytes(6) + self._random.randbytes(10)
        return ClientId(base64.urlsafe_b64encode(raw).decode().rstrip("="))

    def instance(self) -> str:
        """Make the name of a client object."""
        return self._random.randbytes(8).hex()

    def fraction(self) -> float:
        """Return a number from 0 up to but not 1."""
        return self._random.random()


class QuickHasher:
    """Hashes passwords at once, and not safely."""

    async def hash(self, password: str) -> str:
        """Make a hash."""
        return sha256(password.encode()).hexdigest()

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Return whether the password belongs to the hash."""
        return password_hash == sha256(password.encode()).hexdigest()

    def is_weak(self, password_hash: str) -> bool:
        """Return whether a hash is none of its own."""
        return len(password_hash) != len(sha256().hexdigest())

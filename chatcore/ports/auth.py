"""The password port: slow hashes, made and checked without blocking the event loop."""

from __future__ import annotations

from typing import Protocol


class PasswordHasher(Protocol):
    """Hashes passwords. Raises Busy when too many are waiting already."""

    async def hash(self, password: str) -> str:
        """Make the hash to keep."""

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Return whether the password belongs to the hash; None (no such user) takes as long and is never right."""

    def is_weak(self, password_hash: str) -> bool:
        """Return whether a hash of the same password that is made now would be harder to guess by."""

"""Names that were given up: for a while nobody makes an account for themselves that could pass for the former one."""

from __future__ import annotations

import hmac
from hashlib import sha256

from .users import AccountName

KEPT_MS = 90 * 24 * 3600 * 1000
"""How long a name stays taken after it was given up, in ms."""


def name_digests(secret: bytes, name: AccountName) -> tuple[bytes, bytes]:
    """Return what is kept of a name, and of its look: without the secret it tells nobody which name it was."""
    return _digest(secret, f"name {name.folded}"), look_digest(secret, name.look)


def look_digest(secret: bytes, look: str) -> bytes:
    """Return what is kept of the look of a name."""
    return _digest(secret, f"look {look}")


def _digest(secret: bytes, text: str) -> bytes:
    return hmac.digest(secret, text.encode(), sha256)[:16]

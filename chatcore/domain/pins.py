"""Pins: by one a certificate is known, whoever has signed it."""

from __future__ import annotations

import hashlib
import re

_FORM = re.compile(r"sha256:([0-9a-f]{64})").fullmatch


def checked_pin(pin: str) -> str:
    """Return a pin as it is compared: `sha256:` and 64 hexadecimal digits, which may be written as openssl does.

    Raises ValueError where it is none.
    """
    name, _, digits = pin.strip().partition(":")
    plain = f"{name}:{digits.replace(':', '')}".lower()
    if not _FORM(plain):
        msg = f"a pin is sha256: and 64 hexadecimal digits, not {pin!r:.100}"
        raise ValueError(msg)
    return plain


def pin_of(certificate: bytes) -> str:
    """Return the pin of a certificate (DER)."""
    return f"sha256:{hashlib.sha256(certificate).hexdigest()}"

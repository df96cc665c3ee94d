"""Which passwords there may be, and in which form they are kept."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from unicodedata import normalize

from ..errors import CommonPassword, WeakPassword

MIN_PASSWORD, MAX_PASSWORD = 8, 128
"""Code points of a password, in the form in which it is kept."""


def check_password(password: str, names: Collection[str] = (), field: str = "password") -> str:
    """Return the password as it is kept. `names` are those of its owner, which everybody tries first.

    Raises WeakPassword unless it has 8 to 128 code points, and CommonPassword where many people have it or it is a
    name, in any case; with `field`.
    """
    kept = password_forms(password)[0]
    if not MIN_PASSWORD <= len(kept) <= MAX_PASSWORD:
        msg = f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters, this one has {len(kept)}"
        raise WeakPassword(msg, field=field)
    compared = kept.lower()
    if compared in _common() or any(compared == name.lower() for name in names) or len(set(compared)) == 1:
        raise CommonPassword(field=field)
    return kept


def password_forms(password: str) -> tuple[str, ...]:
    """Return the form in which a password is kept, and the one that was typed where it differs.

    Keyboards write one letter in several ways. RFC 8265, section 4.2.2 (OpaqueString): every space is U+0020, and the
    rest is in normalization form C. What was kept before this rule is as it was typed.
    """
    if password.isascii() or len(password) > MAX_PASSWORD * _MAX_PARTS:
        return (password,)
    return tuple(dict.fromkeys((normalize("NFC", _space.sub(" ", password)), password)))


@cache
def _common() -> frozenset[str]:
    """Return what is refused, in lower case; read when the first password is chosen."""
    lines = files(__package__).joinpath("common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("# "))


_MAX_PARTS = 4
"""The most code points that one can be taken apart into: a longer text has no form that is short enough."""

_space = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

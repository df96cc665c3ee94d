"""Invitations: who has a code may register where nobody else may."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import attrs

from ..errors import InvalidInvitation
from .ids import Token

REGISTRATIONS = ("open", "invitation", "closed")
"""Who may make an account for themselves: everybody, who has an invitation, or nobody."""

MOST_INVITATIONS = 1_000
"""So many are kept, those that are over among them: they are for people to look through."""

MOST_USES = 1_000_000
"""How many may register with one invitation at most."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that look like another one (Crockford's base 32)."""

_LENGTH, _GROUP = 20, 5
"""Of five bits each, 100 in all: whoever has the digests of all codes finds none of them by trying."""

_MEANT = str.maketrans("OIL", "011", "- ")
"""What is read as something else, and what stands between the groups."""


@attrs.frozen
class InvitationRecord:
    """An invitation."""

    id: str
    "The digest of its code. By it the invitation is revoked; nobody can register with it."
    label: str
    "What it is for, as whoever made it has said; empty where nothing was."
    made_at_ms: int
    uses: int
    "How many may register with it."
    used: int = 0
    "How many have."
    ends_at_ms: int | None = None
    "From when on nobody may any more; None where it has no end."

    def admits(self, now_ms: int) -> bool:
        """Return whether somebody may register with it."""
        return self.used < self.uses and (self.ends_at_ms is None or now_ms < self.ends_at_ms)


@attrs.frozen
class Invitation:
    """An invitation: who has its code may register where registration is by invitation."""

    id: str
    "By which it is revoked. Nobody can register with it."
    label: str
    "What it is for, as whoever made it has said; empty where nothing was."
    made: datetime
    "Aware, in UTC, as is `ends`."
    uses: int
    "How many may register with it."
    used: int
    "How many have."
    ends: datetime | None
    "From when on nobody may any more; None where it has no end."


def told(record: InvitationRecord) -> Invitation:
    """Return what the program is told of an invitation."""
    ends = None if record.ends_at_ms is None else _at(record.ends_at_ms)
    return Invitation(record.id, record.label, _at(record.made_at_ms), record.uses, record.used, ends)


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def new_code(token: Token) -> str:
    """Return the code that is made from a new token, in groups that can be read out: `7KQ2M-…`."""
    number = int.from_bytes(sha256(token.encode()).digest())
    letters = "".join(_LETTERS[number >> 5 * place & 31] for place in range(_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def code_digest(code: str) -> str:
    """Return what is kept of a code, as it is typed in whatever case and groups: its SHA-256.

    Raises InvalidInvitation for what is no code.
    """
    letters = code[: 4 * _LENGTH].upper().translate(_MEANT)
    if len(letters) != _LENGTH or not set(letters) <= set(_LETTERS) or len(code) > 4 * _LENGTH:
        raise no_invitation()
    return sha256(letters.encode()).hexdigest()


def no_invitation() -> InvalidInvitation:
    """Return the error for a code that nobody may register with: why is told to nobody who only tries."""
    return InvalidInvitation(field="invitation")

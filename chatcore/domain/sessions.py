"""Sessions, as their users and the program are told of them, and how long they live."""

from __future__ import annotations

from datetime import UTC, datetime
from unicodedata import category

import attrs

from ..errors import BadText, TooLong

MAX_LABEL = 64
"""Code points of what a session is for, in words."""

MOST_BEGUN = 100
"""With so many sessions a user begins no further one from one of them: each is kept for months, and costs no hash."""


def check_label(label: str) -> str:
    """Return a label that a session may have: one line. Raises TooLong, BadText."""
    if len(label) > MAX_LABEL:
        msg = f"a label has at most {MAX_LABEL} characters, this one has {len(label)}"
        raise TooLong(msg, field="label")
    if any(category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in label):
        msg = "a label is one line, without control characters"
        raise BadText(msg, field="label")
    return label


@attrs.frozen
class SessionRecord:
    """A session: on one device, in one browser or program."""

    id: str
    "By which it is ended. Nobody can log in with it."
    label: str
    "What it is for, as it was said when it began; empty where nothing was."
    begun_at_ms: int
    used_at_ms: int
    "When it was used last, give or take a small part of how long it may lie unused."
    address: str = ""
    "Where its newest connection came from; empty where that is not known."


@attrs.frozen
class Session:
    """A session of a user: on one device, in one browser or program."""

    id: str
    "By which it is ended. Nobody can log in with it."
    label: str
    "What it is for, as it was said when it began; empty where nothing was."
    begun: datetime
    last_used: datetime
    "Both are aware, in UTC; the second is right to a small part of how long a session may lie unused."
    address: str = ""
    "The IP address from which its newest connection came; empty where that is not known."
    is_own: bool = False
    "Whether it is the one of the client that asks."


def told(record: SessionRecord, own: str = "") -> Session:
    """Return what people are told of a session; `own` is the id of the one that asks."""
    begun, used = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (record.begun_at_ms, record.used_at_ms))
    return Session(record.id, record.label, begun, used, record.address, record.id == own)


@attrs.frozen
class Led:
    """Where a token leads to."""

    session: str
    "The digest of the session's first token, by which it is known as long as it lives."
    is_reuse: bool = False
    "Whether another token has taken its place: whoever has it, has copied it, or was copied from."


def led(session: str, rank: int, newest: int) -> tuple[Led, bool]:
    """Return where a token leads to, by its rank and the greatest rank that was used; and whether it is greater."""
    return Led(session, is_reuse=rank < newest), rank > newest


def may_renew(begun_at_ms: int, renewed_at_ms: int, since_ms: int) -> bool:
    """Return whether a session may have another token: its newest one, used or not, was made at `since_ms` or before.

    So two programs that ask at once get one, and who was killed before it kept that one asks again when it is old.
    """
    return max(begun_at_ms, renewed_at_ms) <= since_ms


@attrs.frozen
class Ages:
    """A moment, and how old a session may be at it."""

    now_ms: int
    idle_since_ms: int
    "It was used last at this time or later, unless it has a life of its own."
    begun_since_ms: int
    "It began at this time or later."


def is_alive(begun_at_ms: int, used_at_ms: int, lasts_ms: int | None, ages: Ages) -> bool:
    """Return whether a session still lives; `lasts_ms` is a life of its own: how long it may lie unused."""
    idle_since = ages.idle_since_ms if lasts_ms is None else ages.now_ms - lasts_ms
    return used_at_ms >= idle_since and begun_at_ms >= ages.begun_since_ms


def is_due(used_at_ms: int, lasts_ms: int | None, now_ms: int) -> bool:
    """Return whether a session that is in use is to be noted before all are: a twentieth of its own life has gone."""
    return lasts_ms is not None and used_at_ms <= now_ms - lasts_ms // 20

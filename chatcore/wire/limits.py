"""The limits of what is said on a connection: each once, with its unit, and why it is no other.

What a single value may be (a text, a name, a password) its own rules say, in `domain`.
"""

from __future__ import annotations

from ..domain.marks import MAX_MARKS

KIB = 1024

MAX_FRAME = 64 * KIB
"""Bytes of a frame from a client. The longest text takes 16,000, and 48,000 where each of its characters is escaped."""

MAX_SERVER_FRAME = 1024 * KIB
"""Bytes of a frame from a server. The largest is a snapshot: it names everybody who is active, with 19 bytes each, so
that it holds 50,000 of them."""

MAX_PAGE_BYTES = 48 * KIB
"""Bytes of a frame with a page of anything. Small beside what may wait for a connection before it is cut, so that a
client that reads slowly is not cut for what it has asked for itself."""

MAX_PAGE_TEXT = 40 * KIB
"""Bytes that the messages of a page take of these: the rest is for 1,000 receipts and as many runs."""

MAX_PAGE = 200
"""Messages that may be asked for at once. Fewer come where the bytes of a page do not hold them."""

MAX_STRETCH = 1_000
"""Seqs of a stretch: as many receipts and runs as a page has room for."""

MAX_TALLIES = 60
"""Tallies of a page of the list: with the longest last messages they stay within its bytes."""

MAX_USERS = 240
"""Users of a page of the directory. Fewer come where the bytes of a page do not hold them."""

MAX_SESSIONS = 40
"""Sessions of a page of them: with the longest labels they stay within its bytes."""

MAX_INT = 2**53
"""What a whole number may be, and its negative: other languages read JSON numbers as doubles."""

MAX_INSTANCE = 64
"""Characters of a client's name for itself: it is kept as long as the connection lives."""

ENTRY_TIME = 10.0
"""Seconds within which a connection must have logged in: a stranger must not hold it for nothing."""

MAX_UNANSWERED = 64
"""Posts and marks of a connection under way; with that many, no more frames are read. So one client has enough under
way for every commit to take many, and cannot fill the writer's queue."""

MAX_UNANSWERED_BYTES = 64 * KIB
"""Bytes of these frames. Who writes long messages has fewer of them under way: those who read get each while the next
ones are not written yet."""

STRIKES = 3
"""How many bad frames end a connection that is logged in; before that, the first one does. A mistake of a client's
programmer is to be seen by its answer, a flood is not to be served."""

__all__ = [
    "ENTRY_TIME",
    "KIB",
    "MAX_FRAME",
    "MAX_INSTANCE",
    "MAX_INT",
    "MAX_MARKS",
    "MAX_PAGE",
    "MAX_PAGE_BYTES",
    "MAX_PAGE_TEXT",
    "MAX_SERVER_FRAME",
    "MAX_SESSIONS",
    "MAX_STRETCH",
    "MAX_TALLIES",
    "MAX_UNANSWERED",
    "MAX_UNANSWERED_BYTES",
    "MAX_USERS",
    "STRIKES",
]

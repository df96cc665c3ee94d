"""Refusals that rest on what may change: kept for a while, so that copies of the post under way are refused too."""

from __future__ import annotations

from ..errors import ChatError
from .messages import NewMessage
from .value import value

KEPT_MS = 24 * 3600 * 1000
"""How long a refusal is kept, in ms: no connection lives that long without an answer."""

MAX_KEPT = 1_000
"""How many refusals of one sender are kept; the oldest goes."""


@value(eq=False)
class NewRefusal:
    """The request to refuse a post for good, unless it is stored already.

    A TemporaryError is only answered, and not kept.
    """

    post: NewMessage
    error: ChatError

    @property
    def origin(self) -> object:
        """Who waits for the outcome: as the post's."""
        return self.post.origin

"""What a replica wants to pull: each wish is one question to the server."""

from __future__ import annotations

import attrs

from ..domain.ids import ConversationId
from ..domain.read_states import Run


@attrs.frozen
class WantNewest:
    """The newest page of an opened timeline."""

    conversation: ConversationId


@attrs.frozen
class WantAfter:
    """The messages after those that were shown."""

    conversation: ConversationId
    after: int


@attrs.frozen
class WantStretch:
    """What is read of a stretch of a timeline."""

    conversation: ConversationId
    stretch: Run
    version: int
    "The one up to which every mark is known."


@attrs.frozen
class WantUsers:
    """The next page of the directory: the facts after those that are known."""

    after: int


@attrs.frozen
class WantTallies:
    """The next page of the list."""

    after: str


Wish = WantNewest | WantAfter | WantStretch | WantUsers | WantTallies

"""A message as a timeline shows it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import attrs

from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.messages import instant


class ItemState(Enum):
    """How far a message has come. One's own are WAITING, SENT, READ or REFUSED; received ones UNREAD or READ."""

    WAITING = "waiting"
    SENT = "sent"
    READ = "read"
    "Own: the partner has read it, or at least one where readers are counted. Received: this user has."
    REFUSED = "refused"
    UNREAD = "unread"


@attrs.frozen
class Item:
    """A message as a timeline shows it."""

    conversation: ConversationId
    seq: int | None
    "None while it waits or is refused."
    client_id: ClientId
    sender: UserId
    text: str
    at_ms: int
    "When the server stored it; while it waits, when it was written."
    state: ItemState
    readers: int = 0
    "How many others have read it; own messages only."
    refusal: str | None = None
    "The code of the error for which it was refused; while it waits, for which it was refused for now."
    unkept: str | None = None
    "The code of the error for which it does not outlive this program, while it waits or is refused."
    reason: str | None = None
    "What the application says to its refusal, in its own words."

    @property
    def at(self) -> datetime:
        """`at_ms` as an aware UTC datetime."""
        return instant(self.at_ms)

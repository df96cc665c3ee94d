"""The numbers of a conversation, as one user is told them."""

from __future__ import annotations

import attrs

from .ids import ConversationId, UserId
from .messages import Last, Message, last


@attrs.frozen
class Tally:
    """The absolute numbers of one conversation for one member. Nobody adds or subtracts one.

    `seq`, `live`, `own` and `last` are as of `seq`; `read` is as of `version`: the greater wins, whatever comes first.
    """

    conversation: ConversationId
    seq: int = 0
    "The last message's; 0 where there is none."
    live: int = 0
    "How many messages count."
    own: int = 0
    "How many of those are the member's own."
    last: Last | None = None
    read: int = 0
    "How many messages of others the member has read."
    version: int = -1
    "Of the read state; -1 where nothing is known of it."

    @property
    def unread(self) -> int:
        """How many messages of others the member has not read."""
        return max(0, self.live - self.own - self.read)

    def after(self, message: Message, member: UserId) -> Tally:
        """Return the tally with the message that comes next (`message.seq == seq + 1`)."""
        own = message.own if message.sender == member else self.own
        return attrs.evolve(self, seq=message.seq, live=message.live, own=own, last=last(message))

    def having_read(self, read: int, version: int) -> Tally:
        """Return the tally with another read state."""
        # Made for each mark: `attrs.evolve` takes three times as long.
        return Tally(self.conversation, self.seq, self.live, self.own, self.last, read, version)

    def merged(self, other: Tally) -> Tally:
        """Return what both know together: each half is taken from the one that is further."""
        head = other if other.seq > self.seq else self
        reading = other if other.version > self.version else self
        return head.having_read(reading.read, reading.version)

"""What must be known of conversations to add to them, kept in memory for those last used: so a post reads nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TypeVar

import attrs

from ...domain.conversations import Conversation
from ...domain.ids import ConversationId, UserId
from ...domain.messages import Message, NewMessage

K = TypeVar("K")
V = TypeVar("V")

Place = tuple[ConversationId, UserId]
"""A conversation, and who writes there."""


@attrs.define
class Head:
    """The last message of a conversation, as far as the next one depends on it."""

    conversation: Conversation
    seq: int = 0
    live: int = 0
    sent_at_ms: int = 0
    sender: str = ""
    own: int = 0

    def move_to(self, message: Message) -> None:
        """This message is the last one now."""
        self.seq, self.live, self.sent_at_ms = message.seq, message.live, message.sent_at_ms
        self.sender, self.own = message.sender, message.own


class Recent(OrderedDict[K, V]):
    """A dict that forgets what was put in longest ago, down to its capacity, when told to."""

    def __init__(self, capacity: int) -> None:
        super().__init__()
        self._capacity = capacity

    def put(self, entries: Mapping[K, V]) -> None:
        """Remember them as the newest."""
        for key, value in entries.items():
            self[key] = value
            self.move_to_end(key)

    def trim(self) -> None:
        """Forget what is too much."""
        while len(self) > self._capacity:
            self.popitem(last=False)


class Heads:
    """The heads of the conversations last used. Nothing goes in that is not committed."""

    def __init__(self, capacity: int) -> None:
        self.of: Recent[ConversationId, Head] = Recent(capacity)
        self.owns: Recent[Place, int] = Recent(capacity)
        "How many messages are a user's own, where the last message does not tell."
        self.tops: Recent[UserId, ConversationId] = Recent(capacity)
        "The first line of a user's list, where it is known: it need not rise again."
        self.number = 0
        "Of the newest message."

    def missing(self, posts: Sequence[NewMessage]) -> tuple[list[ConversationId], list[Place]]:
        """Return the conversations, and the senders to those of many, of which nothing is known."""
        conversations = {post.conversation for post in posts if post.conversation not in self.of}
        of_many = (post for post in posts if not Conversation.of(post.conversation).kind.has_partner)
        places = {(post.conversation, post.sender) for post in of_many}
        return list(conversations), [place for place in places if place not in self.owns]

    def trim(self) -> None:
        """Forget what is too much."""
        for recent in (self.of, self.owns, self.tops):
            recent.trim()

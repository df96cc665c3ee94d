"""The plainest model of the core: lists and sets, everything counted anew."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from chatcore.domain.conversations import GENERAL, Conversation
from chatcore.domain.ids import ClientId, ConversationId, UserId
from chatcore.errors import Conflict, NotFound


@attrs.frozen
class Post:
    """A message, as somebody wrote it."""

    sender: UserId
    client_id: ClientId
    text: str


@attrs.frozen
class Place:
    """Where a post stands."""

    seq: int
    is_repeated: bool


class Model:
    """What there is, and what follows from it."""

    def __init__(self) -> None:
        self.names: dict[str, UserId] = {}
        self.users: list[UserId] = []
        self.logs: dict[ConversationId, list[Post]] = {}
        self._read: dict[tuple[UserId, ConversationId], set[int]] = {}
        "What was marked, or written before one's joining."
        self._marked: dict[tuple[UserId, ConversationId], set[int]] = {}
        "What was marked."
        self._order: list[ConversationId] = []
        "The conversation of each message."

    def register(self, name: str, user: UserId) -> None:
        """Add a user; everything so far is history."""
        self.names[name] = user
        self.users.append(user)
        self._read[user, GENERAL] = set(range(1, len(self.logs.get(GENERAL, [])) + 1))

    def refusal(self, user: UserId, place: ConversationId) -> type[NotFound] | None:
        """Say why a user may not come there."""
        if place == GENERAL:
            return None
        if user not in place or Conversation.of(place).partner(user) not in self.users:
            return NotFound
        return None

    def post(self, place: ConversationId, post: Post) -> Place | type[Conflict]:
        """Add a message, find it again, or refuse it."""
        for conversation, log in self.logs.items():
            for seq, former in enumerate(log, 1):
                if (former.sender, former.client_id) == (post.sender, post.client_id):
                    is_same = (conversation, former.text) == (place, post.text)
                    return Place(seq, is_repeated=True) if is_same else Conflict
        self.logs.setdefault(place, []).append(post)
        self._order.append(place)
        return Place(len(self.logs[place]), is_repeated=False)

    def mark(self, user: UserId, place: ConversationId, seqs: Iterable[int]) -> set[int] | type[NotFound]:
        """Mark messages of others; give those that were not read before."""
        log = self.logs.get(place, [])
        if max(seqs) > len(log):
            return NotFound
        new = {seq for seq in seqs if log[seq - 1].sender != user} - self.read_by(user, place)
        self._read.setdefault((user, place), set()).update(new)
        self._marked.setdefault((user, place), set()).update(new)
        return new

    def read_by(self, user: UserId, place: ConversationId) -> set[int]:
        """Return the messages of others that a user has read."""
        return self._read.get((user, place), set())

    def unread(self, user: UserId, place: ConversationId) -> int:
        """Count."""
        read = self.read_by(user, place)
        return sum(post.sender != user and seq not in read for seq, post in enumerate(self.logs.get(place, []), 1))

    def own(self, place: ConversationId, user: UserId, seq: int) -> int:
        """Count a user's messages up to one."""
        return sum(post.sender == user for post in self.logs[place][:seq])

    def receipts(self, user: UserId, place: ConversationId, first: int, last: int) -> dict[int, int]:
        """Count who has marked each of a user's own messages in a stretch."""
        counts = {}
        for seq, post in enumerate(self.logs.get(place, []), 1):
            readers = sum(seq in seqs for (_, where), seqs in self._marked.items() if where == place)
            if first <= seq <= last and post.sender == user and readers:
                counts[seq] = readers
        return counts

    def newest_first(self) -> list[ConversationId]:
        """Return the conversations by their newest messages."""
        return list(dict.fromkeys(reversed(self._order)))

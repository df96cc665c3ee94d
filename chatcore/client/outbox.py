"""The posts of a client that are not answered yet: in order, one under way in each conversation."""

from __future__ import annotations

import attrs

from ..domain.ids import ClientId, ConversationId, UserId
from .items import Item, ItemState


@attrs.define(eq=False)
class Outgoing:
    """A post that waits for its answer, or was refused."""

    conversation: ConversationId
    client_id: ClientId
    text: str
    at_ms: int
    "When it was written."
    refusal: str | None = None
    "The code of the error for which it was refused for good."
    reason: str | None = attrs.field(default=None, kw_only=True)
    "What the application says to that, where it has refused it."
    delay: str | None = None
    "The code of the error for which it was refused for now, the last time it was sent."
    unkept: str | None = None
    "The code of the error for which it does not outlive the program."
    was_sent: bool = False
    "Whether it may have reached the server."
    under_way: bool = False
    not_before: float = 0.0
    "When it may be tried again, in seconds of the monotonic clock."

    def item(self, me: UserId) -> Item:
        """Return what a timeline shows of it."""
        state = ItemState.WAITING if self.refusal is None else ItemState.REFUSED
        refusal = self.refusal or self.delay
        return Item(
            self.conversation,
            None,
            self.client_id,
            me,
            self.text,
            self.at_ms,
            state,
            refusal=refusal,
            unkept=self.unkept,
            reason=self.reason,
        )


class Outbox:
    """Keeps the order in which posts to one conversation were written, whatever is refused, lost or repeated."""

    def __init__(self) -> None:
        self._by_conversation: dict[ConversationId, dict[ClientId, Outgoing]] = {}
        self._by_id: dict[ClientId, Outgoing] = {}

    def __contains__(self, client_id: ClientId) -> bool:
        return client_id in self._by_id

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, client_id: ClientId) -> Outgoing | None:
        """Find a post."""
        return self._by_id.get(client_id)

    def of(self, conversation: ConversationId) -> list[Outgoing]:
        """List the posts to a conversation, the first written first."""
        return list(self._by_conversation.get(conversation, {}).values())

    def add(self, post: Outgoing) -> None:
        """Put a post at the end of its conversation."""
        self._by_id[post.client_id] = post
        self._by_conversation.setdefault(post.conversation, {})[post.client_id] = post

    def remove(self, client_id: ClientId) -> Outgoing | None:
        """Take a post out: it is stored, or was discarded."""
        post = self._by_id.pop(client_id, None)
        if post is not None:
            of_conversation = self._by_conversation[post.conversation]
            del of_conversation[client_id]
            if not of_conversation:
                del self._by_conversation[post.conversation]
        return post

    def ready(self, now: float) -> list[Outgoing]:
        """List the posts to send now: of each conversation the first that is not refused."""
        firsts = (self._first(posts) for posts in self._by_conversation.values())
        return [post for post in firsts if post and not post.under_way and post.not_before <= now]

    def waiting(self) -> list[Outgoing]:
        """List the posts that are not refused."""
        return [post for post in self._by_id.values() if post.refusal is None]

    def unkept(self) -> list[Outgoing]:
        """List the posts that do not outlive the program."""
        return [post for post in self._by_id.values() if post.unkept is not None]

    def next_try(self) -> float | None:
        """Return when the next post may be tried again, None where none waits for a time."""
        firsts = (self._first(posts) for posts in self._by_conversation.values())
        return min((p.not_before for p in firsts if p and not p.under_way and p.not_before), default=None)

    def connection_lost(self) -> None:
        """What was under way is to be sent again."""
        for post in self._by_id.values():
            post.under_way = False

    def clear(self) -> list[Outgoing]:
        """Take everything out."""
        posts = list(self._by_id.values())
        self._by_id.clear()
        self._by_conversation.clear()
        return posts

    @staticmethod
    def _first(posts: dict[ClientId, Outgoing]) -> Outgoing | None:
        return next((post for post in posts.values() if post.refusal is None), None)

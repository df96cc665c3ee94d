"""What a batch of posts will write: decided in memory, and taken over by the heads once it is committed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...domain.ids import ConversationId, UserId
from ...domain.logs import asked_digest, conflict, next_message, own_between_two
from ...domain.messages import Message, NewMessage
from ...domain.refusals import NewRefusal
from ...errors import ChatError, TemporaryError
from ...ports.commits import Outcome, Refused, Repeated, Stored
from .heads import Heads, Place
from .known import Key, Known


class Draft:
    """The messages and lines to write for a batch. All heads that it needs are loaded."""

    def __init__(self, heads: Heads, known: Known, now_ms: int) -> None:
        self.messages: list[Message] = []
        self.asked: dict[int, bytes] = {}
        "Digests of what was asked for, by the numbers of the messages that have other texts."
        self.refused: dict[Key, ChatError] = {}
        "The refusals to keep."
        self.risen: dict[tuple[UserId, ConversationId], int] = {}
        "The lines that come to the top of a user's list, and the numbers of the messages that lift them."
        self._heads = heads
        self._known = known
        self._posted, self._asked, self._refused = dict(known.posted), dict(known.asked), dict(known.refused)
        self._now_ms = now_ms
        self._newest: dict[ConversationId, Message] = {}
        self._owns: dict[Place, int] = {}
        self._tops: dict[UserId, ConversationId] = {}

    def post(self, change: NewMessage) -> Outcome:
        """Take in a post."""
        key = change.sender, change.client_id
        before = self._posted.get(key)
        if before is not None:
            return self._again(change, change, before)
        if key in self._refused:
            return Refused(change, self._refused[key])
        message = self._posted[key] = self._add(change)
        if change.asked is not None:
            digest = asked_digest(self._known.secret, change.conversation, change.asked)
            self._asked[key] = self.asked[message.number] = digest
        return Stored(change, message)

    def refuse(self, change: NewRefusal) -> Outcome:
        """Take in a refusal. All that is known of its client id was looked up."""
        key = change.post.sender, change.post.client_id
        before = self._posted.get(key)
        if before is not None:
            return self._again(change, change.post, before)
        error = self._refused.get(key, change.error)
        if key not in self._refused and not isinstance(error, TemporaryError):
            self._refused[key] = self.refused[key] = error
        return Refused(change, error)

    def _again(self, change: NewMessage | NewRefusal, post: NewMessage, before: Message) -> Outcome:
        error = conflict(post, before, self._asked.get((post.sender, post.client_id)), self._known.secret)
        return Refused(change, error) if error else Repeated(change, before)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the rows to insert, each with the columns of a `Message`."""
        return [
            (m.conversation, m.seq, m.sender, m.client_id, m.text, m.sent_at_ms, m.live, m.own, m.number)
            for m in self.messages
        ]

    def keep(self) -> None:
        """Everything is committed: the heads move on."""
        for conversation, message in self._newest.items():
            self._heads.of[conversation].move_to(message)
            self._heads.of.move_to_end(conversation)
        self._heads.owns.put(self._owns)
        self._heads.tops.put(self._tops)
        self._heads.number += len(self.messages)

    @property
    def _next_number(self) -> int:
        return self._heads.number + len(self.messages) + 1

    def _add(self, change: NewMessage) -> Message:
        conversation, sender = change.conversation, change.sender
        head = self._heads.of[conversation]
        newest = self._newest.get(conversation, head)
        if head.conversation.kind.has_partner:
            own = own_between_two(newest, sender)
        else:
            place = conversation, sender
            own = self._owns[place] if place in self._owns else self._heads.owns[place]
            self._owns[place] = own + 1
        self._rise(conversation, head.conversation.members.users)
        message = next_message(change, newest, own=own, number=self._next_number, now_ms=self._now_ms)
        self._newest[conversation] = message
        self.messages.append(message)
        return message

    def _rise(self, conversation: ConversationId, members: Sequence[UserId]) -> None:
        """The next message brings its conversation to the top of its members' lists, where it is not there already.

        One that is for all counts up no members: nobody needs a line of it.
        """
        tops = self._heads.tops
        for user in members:
            if (self._tops.get(user) or tops.get(user)) != conversation:
                self._tops[user] = conversation
                self.risen[user, conversation] = self._next_number

"""Posting: what was written goes out in order, again and again, until it is stored or refused for good."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.messages import Message, check_client_id, check_text
from ..domain.users import User
from ..errors import (
    ChatError,
    Closed,
    Conflict,
    NotFound,
    Phrase,
    Refused,
    TemporaryError,
    Unreachable,
)
from ..wire import frames as f
from .asking import Ask
from .follower import Follower
from .keeping import Keeping
from .outbox import Outbox, Outgoing
from .pacing import Pacing

log: logging.Logger = logging.getLogger(__name__)


class Posts:
    """The outbox on its way out, and who waits for what becomes of it."""

    def __init__(self, outbox: Outbox, follower: Follower, ask: Ask, pacing: Pacing, keeping: Keeping) -> None:
        self._outbox, self._follower, self._ask, self._pacing, self._keeping = outbox, follower, ask, pacing, keeping
        self._waiting: dict[ClientId, list[asyncio.Future[Message]]] = {}

    @property
    def _me(self) -> User | None:
        return self._follower.replica.me

    @property
    def left(self) -> int:
        """How many posts of earlier programs wait until it is known whose they are: until the first log-in."""
        return 0 if self._me else self._keeping.left

    def entered(self, user: UserId) -> None:
        """The user is logged in: what they wrote in programs that have ended goes out, in order."""
        for post in self._keeping.take(user, self._outbox):
            self._outbox.add(post)
            self._follower.written(post)

    def look_after(self) -> None:
        """Have what ended programs left, and see to it that what waits is kept, however it was before."""
        if self._me is None:
            return
        self.entered(self._me.id)
        for post in self._outbox.unkept():
            if self._keeping.try_again(self._me.id, post):
                self._follower.rewritten(post)

    def waiting(self) -> list[Outgoing]:
        """List the posts that go out by themselves as soon as they can."""
        return self._outbox.waiting()

    def write(self, conversation: ConversationId, text: str, client_id: ClientId | None) -> ClientId:
        """Put a message into the outbox; one that was refused is tried again.

        Raises Empty, TooLong, BadText; Conflict where another message waits under the same id; Unreachable while
        nobody was logged in; StorageFull and StorageError when it cannot be kept and must be.
        """
        if self._me is None:
            raise Unreachable(Phrase("nobody is logged in yet: the server has not answered so far"))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        check_text(text)
        client_id = client_id or self._pacing.client_id()
        check_client_id(client_id)
        known = self._outbox.get(client_id)
        if known is None:
            post = Outgoing(conversation, client_id, text, self._pacing.now_ms())
            self._keeping.begin(self._me.id, post)
            self._outbox.add(post)
            self._follower.written(post)
        elif (known.conversation, known.text) != (conversation, text):
            raise Conflict(field="client_id")
        elif known.refusal is not None:
            self._send_again(known)
        return client_id

    def stored(self, client_id: ClientId) -> asyncio.Future[Message]:
        """Return what hears of it when the message is stored, or what it is refused for, from now on."""
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client_id, []).append(future)
        return future

    def retry(self, client_id: ClientId) -> ClientId:
        """Put a refused message at the end of its conversation again, and return its new id.

        The old one is refused for good, whatever has changed since. Raises NotFound where there is none.
        """
        post = self._outbox.get(client_id)
        if post is None or post.refusal is None:
            msg = "there is no refused message of this id"
            raise NotFound(msg, field="client_id")
        self._outbox.remove(client_id)
        self._follower.discarded(post)
        new = Outgoing(post.conversation, self._pacing.client_id(), post.text, post.at_ms)
        self._outbox.add(new)
        self._follower.written(new)
        self._keep(new)
        self._keeping.drop(client_id)
        return new.client_id

    def _send_again(self, post: Outgoing) -> None:
        """Put a refused message at the end under its own id, as a program has said that it is the same one."""
        self._outbox.remove(post.client_id)
        self._follower.discarded(post)
        post.refusal, post.reason, post.delay, post.not_before = None, None, None, 0.0
        self._outbox.add(post)
        self._follower.written(post)
        self._keeping.drop(post.client_id)
        self._keep(post)

    def discard(self, client_id: ClientId) -> None:
        """Throw a refused or never-sent message away. Raises NotFound for any other: it may be stored already."""
        post = self._outbox.get(client_id)
        if post is None or (post.refusal is None and post.was_sent):
            msg = "only a message that was refused or never sent can be discarded"
            raise NotFound(msg, field="client_id")
        self._outbox.remove(client_id)
        self._keeping.drop(client_id)
        self._follower.discarded(post)
        self._fail(client_id, Closed("the message was discarded"))

    def send_due(self, now: float) -> None:
        """Send what may go out now."""
        for post in self._outbox.ready(now):
            post.under_way = post.was_sent = True
            self._ask(_request(post), self._answered(post))

    def next_due(self) -> float | None:
        """Return when the next post may be tried again, None where none waits for a time."""
        return self._outbox.next_try()

    def heard(self, messages: Iterable[Message]) -> None:
        """Messages of this user came from the server by whatever way: they are stored."""
        for message in messages:
            if self._outbox.remove(message.client_id) is not None:
                self._keeping.drop(message.client_id)
            for future in self._waiting.pop(message.client_id, []):
                if not future.done():
                    future.set_result(message)

    def connection_lost(self) -> None:
        """What was under way is to be sent again."""
        self._outbox.connection_lost()

    def fail(self, error: ChatError) -> None:
        """Nobody will hear any more what became of the posts."""
        for client_id in list(self._waiting):
            self._fail(client_id, error)

    def set_aside(self, former: UserId) -> None:
        """The user has left: what they wrote waits until they come back."""
        self._keeping.set_aside(former, self._outbox.clear())

    def _keep(self, post: Outgoing) -> None:
        if self._me is not None:
            self._keeping.change(self._me.id, post)

    def _fail(self, client_id: ClientId, error: ChatError) -> None:
        for future in self._waiting.pop(client_id, []):
            if not future.done():
                future.set_exception(error)

    def _answered(self, post: Outgoing) -> Callable[[f.Answer | ChatError], None]:
        def done(answer: f.Answer | ChatError) -> None:
            match answer:
                case f.Posted():
                    self._posted(post, answer)
                case Unreachable():
                    pass  # it is sent again when the connection is back
                case TemporaryError():
                    post.under_way, post.not_before, post.delay = False, self._pacing.later(answer), answer.code
                    self._follower.rewritten(post)
                case ChatError():
                    post.under_way, post.refusal = False, answer.code
                    post.reason = answer.message if isinstance(answer, Refused) and answer.field is None else None
                    self._keep(post)
                    self._follower.rewritten(post)
                    self._fail(post.client_id, answer)
                case _:
                    pass  # never: the protocol lets no other answer to a post through

        return done

    def _posted(self, post: Outgoing, answer: f.Posted) -> None:
        """A new message's answer stands at its place in the stream of events: apply it as one.

        Of an older one others may have read meanwhile: it is pulled, with what became of it.
        """
        if self._me is None:
            return
        message = Message(
            post.conversation,
            answer.seq,
            self._me.id,
            post.client_id,
            post.text if answer.text is None else answer.text,
            answer.sent_at_ms,
            answer.live,
            answer.own,
            answer.number,
        )
        if answer.repeated:
            self._follower.repeated(message)
        else:
            self._follower.message(message)


def _request(post: Outgoing) -> Callable[[int], f.Post]:
    return lambda number: f.Post(number, post.conversation, post.client_id, post.text)

"""The rule of a conversation's log: what the next message is, and what becomes of one that is there already.

Every storage goes by it: how the numbers are kept and looked up is its own affair.
"""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from typing import Protocol

import attrs

from ..errors import Conflict
from .ids import ConversationId, UserId
from .jumps import dated
from .messages import Message, NewMessage


class End(Protocol):
    """The last message of a log, as far as the next one depends on it. A `Message` is one."""

    @property
    def seq(self) -> int:
        """Its place in the log."""

    @property
    def sender(self) -> str:
        """Who wrote it."""

    @property
    def sent_at_ms(self) -> int:
        """Its time, ms since 1970 UTC."""

    @property
    def live(self) -> int:
        """How many messages count, up to and with this one."""

    @property
    def own(self) -> int:
        """How many of those are its sender's."""


@attrs.frozen
class _Nothing:
    seq: int = 0
    sender: str = ""
    sent_at_ms: int = 0
    live: int = 0
    own: int = 0


NOTHING: End = _Nothing()
"""The end of a log without messages."""


def own_between_two(end: End, sender: UserId) -> int:
    """Return how many messages of a log in which only two write are the sender's."""
    return end.own if end.sender == sender else end.live - end.own


def next_message(change: NewMessage, end: End, *, own: int, number: int, now_ms: int) -> Message:
    """Return the message that is stored for a request, after the `end` of its conversation's log.

    `own` is how many messages the sender has there so far, `number` its place in the order of all commits. No message
    is dated before the one before it, unless that one's clock was wrong.
    """
    return Message(
        change.conversation,
        end.seq + 1,
        change.sender,
        change.client_id,
        change.text,
        dated(now_ms, end.sent_at_ms),
        end.live + 1,
        own + 1,
        number,
    )


def asked_digest(secret: bytes, conversation: ConversationId, text: str) -> bytes:
    """Return what is kept of a text that was asked for where another is stored: 16 bytes, by which it is known again.

    `secret` is the storage's own: without it nobody can try texts.
    """
    return hmac(secret, f"{conversation}\n{text}".encode(), sha256).digest()[:16]


def conflict(change: NewMessage, stored: Message, asked: bytes | None = None, secret: bytes = b"") -> Conflict | None:
    """Return why a request is refused for the message stored under its client id.

    None where it is the same message once more, which is answered with the stored one. `asked` is the digest of the
    text that was asked for, where the stored one is another.
    """
    text = change.text if change.asked is None else change.asked
    if asked is not None:
        is_same = compare_digest(asked, asked_digest(secret, change.conversation, text))
    else:
        is_same = stored.conversation == change.conversation and stored.text == text
    return None if is_same else Conflict(field="client_id")

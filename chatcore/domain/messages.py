"""Messages, what their text may be, and the request to store one."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import attrs

from ..errors import BadFrame, BadText, Empty, Phrase, TooLong
from .ids import ClientId, ConversationId, UserId, is_client_id
from .value import value

MAX_TEXT = 4_000
PREVIEW = 120

_never_legitimate = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]").search

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Ranges, as of a regular expression, of what shows nothing by itself: Default_Ignorable_Code_Point of UAX 44."""

# Neither does white space, nor the cell of braille without a dot.
_shows = re.compile(rf"[^\s\u2800{INVISIBLE}]").search


def instant(ms: int) -> datetime:
    """Return the moment `ms` milliseconds after 1970 as an aware UTC datetime."""
    return datetime.fromtimestamp(ms / 1000, UTC)


@attrs.frozen
class Message:
    """One entry of a conversation's log. Known by `(conversation, seq)`; the same for everybody."""

    conversation: ConversationId
    seq: int
    "1, 2, 3, … in its conversation, without holes."
    sender: UserId
    client_id: ClientId
    text: str
    sent_at_ms: int
    "The server's clock, ms since 1970 UTC. Goes backwards in a conversation only where the clock had been wrong."
    live: int
    "How many messages of the conversation count, up to and with this one."
    own: int
    "How many of those are its sender's."
    number: int
    "Its place in the order of all commits, over all conversations: it rises, and may leave some out."

    @property
    def sent_at(self) -> datetime:
        """When the server stored it, as an aware UTC datetime."""
        return instant(self.sent_at_ms)


@attrs.frozen
class Last:
    """What a row shows of the last message of its conversation."""

    seq: int
    sender: UserId
    text: str
    "At most 120 code points."
    sent_at_ms: int
    number: int
    "Its place in the order of all commits."

    @property
    def sent_at(self) -> datetime:
        """When the server stored it, as an aware UTC datetime."""
        return instant(self.sent_at_ms)


def last(message: Message) -> Last:
    """Cut a message to what a row shows of it."""
    return Last(message.seq, message.sender, message.text[:PREVIEW], message.sent_at_ms, message.number)


@value(eq=False)
class NewMessage:
    """The request to store a message. Its text and client id are checked when it is made."""

    sender: UserId
    conversation: ConversationId
    client_id: ClientId
    text: str
    origin: object = None
    "Handed back untouched with the outcome: says who waits for it."
    asked: str | None = None
    "The text that was asked for, where the application has put another one in its place: a repeat is compared with it."

    def __attrs_post_init__(self) -> None:
        check_client_id(self.client_id)
        check_text(self.text)


def check_client_id(client_id: ClientId) -> None:
    """Raise BadFrame unless the id has 1 to 64 letters, digits, `-` and `_`."""
    if not is_client_id(client_id):
        msg = "a client id has 1 to 64 letters, digits, '-' and '_'"
        raise BadFrame(msg, field="client_id")


def check_text(text: str) -> None:
    """Raise Empty, TooLong or BadText for what cannot be a message."""
    if len(text) > MAX_TEXT:
        msg = f"a message has at most {MAX_TEXT} characters, this one has {len(text)}"
        raise TooLong(msg, field="text")
    # Nearly every text is printable throughout, and then has none of these: that is quicker to see.
    bad = None if text.isprintable() else _never_legitimate(text)
    if bad:
        named, place = f"U+{ord(bad[0]):04X}", f"{bad.start() + 1}"
        msg = Phrase("the character {named} at position {place} is not allowed in a message", named=named, place=place)
        raise BadText(msg, field="text")
    if not _shows(text):
        msg = "a message needs something that can be seen"
        raise Empty(msg, field="text")

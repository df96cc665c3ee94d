"""A message as it is read from the history: with how far it has come when it was read."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ..domain.ids import UserId
from ..domain.messages import Message
from ..wire import frames as f
from .items import ItemState


@attrs.frozen(kw_only=True, eq=False)
class HistoryMessage(Message):
    """A message, and whether it was read at the moment at which it was asked for.

    It is equal to the same message from anywhere: what is read of it does not count for that.
    """

    state: ItemState
    "Own: SENT or READ. Received: UNREAD or READ."
    readers: int = 0
    "How many others have read it; own messages only."

    @property
    def is_read(self) -> bool:
        """Own: whether somebody has read it. Received: whether this user has."""
        return self.state is ItemState.READ

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and _fields(self) == _fields(other)

    def __hash__(self) -> int:
        return Message.__hash__(self)


def messages_of(page: f.Page, me: UserId) -> list[HistoryMessage]:
    """Return the messages of a page, with what it says of them."""
    readers, read = dict(page.receipts), list(page.read)
    return [_with_state(message, me, readers.get(message.seq, 0), read) for message in page.messages]


def _with_state(message: Message, me: UserId, readers: int, read: Iterable[tuple[int, int]]) -> HistoryMessage:
    values = {field.name: getattr(message, field.name) for field in attrs.fields(Message)}
    if message.sender == me:
        return HistoryMessage(**values, state=ItemState.READ if readers else ItemState.SENT, readers=readers)
    is_read = any(first <= message.seq <= last for first, last in read)
    return HistoryMessage(**values, state=ItemState.READ if is_read else ItemState.UNREAD)


def _fields(message: Message) -> tuple[object, ...]:
    return tuple(getattr(message, field.name) for field in attrs.fields(Message))

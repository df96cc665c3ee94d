"""What a frontend implements, and the changes by which it keeps its lists equal to the core's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Generic, TypeVar

import attrs

from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.messages import Message, instant
from ..domain.roster import Row
from ..domain.users import User

T = TypeVar("T")


@attrs.frozen
class Insert(Generic[T]):
    """Put `item` before the one at `index` (at the end where `index` is the length)."""

    index: int
    item: T


@attrs.frozen
class Update(Generic[T]):
    """Replace what is at `index`."""

    index: int
    item: T


@attrs.frozen
class Move(Generic[T]):
    """Take away what is at `index` and put `item` so that it ends at `to`."""

    index: int
    to: int
    item: T


@attrs.frozen
class Remove(Generic[T]):
    """Take away what is at `index`."""

    index: int


@attrs.frozen
class Reset(Generic[T]):
    """Begin anew with these."""

    items: tuple[T, ...]


Change = Insert[T] | Update[T] | Move[T] | Remove[T] | Reset[T]


def apply_changes(items: list[T], changes: Iterable[Change[T]]) -> None:
    """Do to a list what the changes say."""
    for change in changes:
        match change:
            case Insert(index, item):
                items.insert(index, item)
            case Update(index, item):
                items[index] = item
            case Move(index, to, item):
                del items[index]
                items.insert(to, item)
            case Remove(index):
                del items[index]
            case Reset(all_items):
                items[:] = all_items


class ItemState(Enum):
    """How far a message has come. One's own are WAITING, SENT, READ or REFUSED; received ones UNREAD or READ."""

    WAITING = "waiting"
    SENT = "sent"
    READ = "read"
    "Own: the other has read it (general chat: at least one has). Received: this user has."
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

    @property
    def at(self) -> datetime:
        """`at_ms` as an aware UTC datetime."""
        return instant(self.at_ms)


class ConnectionPhase(Enum):
    """What the connection to the server is doing."""

    LOGGED_OUT = "logged_out"
    "There is no session: register or log in."
    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"
    "Tries again by itself after `ConnectionState.retry_in` seconds."
    CLOSED = "closed"


@attrs.frozen
class ConnectionState:
    """The connection as people see it."""

    phase: ConnectionPhase
    retry_in: float | None = None
    "Seconds until the next try, from the moment of this state; while OFFLINE."
    reason: str = ""
    "Why it is offline or logged out, as a sentence in English."
    code: str = ""
    "The code of the error behind it, where there is one."
    left: int = 0
    "How many messages of earlier programs wait, while they stand in no timeline yet: before the first log-in."


class Observer:
    """What a frontend wants to hear of; override what you need.

    Called in order, on the event loop's thread. A method must neither block nor raise: one that raises is logged and
    stays subscribed.
    """

    def connection_changed(self, state: ConnectionState) -> None:
        """The connection went up, down or is being tried."""

    def rows_changed(self, changes: list[Change[Row]]) -> None:
        """The list changed: changes applied = list."""

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:
        """A timeline changed: changes applied = timeline."""

    def message_received(self, message: Message) -> None:
        """A message of somebody else, once each and in seq order, live or caught up, opened or not."""

    def messages_read(self, conversation: ConversationId, readers: Mapping[int, int]) -> None:
        """Others read messages of this user: for each seq the number of readers."""

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:
        """Too many messages came meanwhile: those from `first` to `last` were not given to message_received."""

    def user_registered(self, user: User) -> None:
        """Somebody registered."""

    def presence_changed(self, user: User, active: bool) -> None:
        """Somebody became active or inactive."""

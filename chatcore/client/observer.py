"""What a frontend implements to be told what happens."""

from __future__ import annotations

from collections.abc import Mapping

from ..domain.ids import ConversationId
from ..domain.messages import Message
from ..domain.roster import Row
from ..domain.users import User
from .changes import Change
from .connection_state import ConnectionState
from .items import Item


class Observer:
    """What a frontend wants to hear of; override what you need.

    Called in order, on the event loop's thread. A method must neither block nor raise: one that raises is logged and
    stays subscribed. What it is given it may call as it likes.
    """

    def connection_changed(self, state: ConnectionState, /) -> None:
        """The connection went up, down or is being tried."""

    def rows_changed(self, changes: list[Change[Row]], /) -> None:
        """The list changed: changes applied = list."""

    def synced(self) -> None:
        """The list is complete, and every user is known: after each log-in and each reconnect, of empty ones too."""

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]], /) -> None:
        """A timeline changed: changes applied = timeline."""

    def message_received(self, message: Message, /) -> None:
        """A message of somebody else, once each and in seq order, live or caught up, opened or not."""

    def messages_read(self, conversation: ConversationId, readers: Mapping[int, int], /) -> None:
        """Others read messages of this user: for each seq the number of readers."""

    def skipped(self, conversation: ConversationId, first: int, last: int, /) -> None:
        """Too many messages came meanwhile: those from `first` to `last` were not given to message_received."""

    def user_registered(self, user: User, /) -> None:
        """Somebody registered."""

    def user_changed(self, user: User, /) -> None:
        """Somebody has another name, was disabled, enabled or erased; it may be the one who is logged in here."""

    def presence_changed(self, user: User, active: bool, /) -> None:
        """Somebody became active or inactive."""

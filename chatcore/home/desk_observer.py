"""An observer that tells a desk what a client tells, in the same thread or in another one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from ..client.changes import Change
from ..client.client import ChatClient
from ..client.connection_state import ConnectionPhase, ConnectionState
from ..client.items import Item
from ..client.observer import Observer
from ..domain.ids import ConversationId, Token
from ..domain.messages import Message
from ..domain.roster import Row
from ..domain.users import User
from ..errors import ChatError

HandOver = Callable[[Callable[[], None]], None]
"""Has a call made in the frontend's thread, in order."""


class Hearer(Protocol):
    """What a desk hears of a client: some of what an observer does, and the session."""

    def logged_in(self, user: User, token: Token | None) -> None:
        """The session is open, or its user has another name; what follows is of this user."""

    def recognised(self, user: User) -> None:
        """What follows is of this user, as an earlier program knew it: nobody is logged in yet."""

    def not_kept(self, error: ChatError) -> None:
        """There is no outbox file, for this reason: what is sent waits in memory only."""

    def connection_changed(self, state: ConnectionState) -> None:
        """As an observer."""

    def rows_changed(self, changes: list[Change[Row]]) -> None:
        """As an observer."""

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:
        """As an observer."""

    def message_received(self, message: Message) -> None:
        """As an observer."""

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:
        """As an observer."""


class DeskObserver(Observer):
    """Belongs to one client, whose values it reads where they may be read: in the client's loop."""

    def __init__(self, client: ChatClient, desk: Hearer, hand_over: HandOver = lambda call: call()) -> None:
        """`hand_over` is for a desk that lives in another thread."""
        self._client, self._desk, self._hand_over = client, desk, hand_over

    def begin(self) -> Callable[[], None]:
        """Tell all from now on, and first what may be lost. The client is open. Return what ends it."""
        if self._client.unkept is not None:
            self._hand_over(partial(self._desk.not_kept, self._client.unkept))
        if (me := self._client.replica.me) is not None:
            self._hand_over(partial(self._desk.recognised, me))
        return self._client.subscribe(self)

    def connection_changed(self, state: ConnectionState) -> None:
        """Tell it, and before it who is logged in where that can have changed."""
        if state.phase is ConnectionPhase.ONLINE:
            self._hand_over(partial(self._desk.logged_in, self._client.me, self._client.token))
        self._hand_over(partial(self._desk.connection_changed, state))

    def rows_changed(self, changes: list[Change[Row]]) -> None:
        """Tell it."""
        self._hand_over(partial(self._desk.rows_changed, changes))

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:
        """Tell it."""
        self._hand_over(partial(self._desk.timeline_changed, conversation, changes))

    def message_received(self, message: Message) -> None:
        """Tell it."""
        self._hand_over(partial(self._desk.message_received, message))

    def user_changed(self, user: User) -> None:
        """Tell who is logged in where that is who was changed; of others the rows tell."""
        me = self._client.replica.me
        if me is not None and user.id == me.id and not user.erased:
            self._hand_over(partial(self._desk.logged_in, user, self._client.token))

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:
        """Tell it."""
        self._hand_over(partial(self._desk.skipped, conversation, first, last))

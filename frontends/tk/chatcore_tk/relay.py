"""An observer that tells a desk in the window's thread what a client tells in the network's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, Protocol

from chatcore import (
    Change,
    ChatClient,
    ChatError,
    ConnectionPhase,
    ConnectionState,
    ConversationId,
    Item,
    Message,
    Observer,
    Row,
    Token,
    User,
)
from chatcore.client.calls import Calls

P = ParamSpec("P")

HandOver = Callable[[Callable[[], None]], None]


class Hearer(Protocol):
    """What the window hears of a client: some of what an observer does, and the session."""

    def logged_in(self, user: User, token: Token | None) -> None:
        """The session is open; what follows is of this user."""

    def not_kept(self, error: ChatError) -> None:
        """There is no outbox file, for this reason: what is written is kept in memory only."""

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


class Relay(Observer):
    """Belongs to one client, whose values it reads where they may be read: in the loop's thread."""

    def __init__(self, client: ChatClient, calls: Calls, hearer: Hearer, hand_over: HandOver) -> None:
        self.client, self.calls = client, calls
        self._hearer = hearer
        self._hand_over = hand_over
        self._waiting: list[Callable[[], None]] | None = []
        "What is to be done once the client is open; None from then on."
        self.is_current = True
        "Whether the window still wants to hear of this client. Its own thread sets and reads it."

    def when_open(self, call: Callable[[], None]) -> None:
        """Make a call on the client, in order, as soon as it can take one. In the loop's thread."""
        if self._waiting is None:
            call()
        else:
            self._waiting.append(call)

    def opened(self) -> None:
        """The client can take calls. In the loop's thread."""
        waiting, self._waiting = self._waiting or [], None
        for call in waiting:
            call()

    def connection_changed(self, state: ConnectionState) -> None:
        """Tell it, and who is logged in where that can have changed."""
        if state.phase is ConnectionPhase.ONLINE:
            self.tell(partial(self._hearer.logged_in, self.client.me, self.client.token))
        self.tell(partial(self._hearer.connection_changed, state))

    def rows_changed(self, changes: list[Change[Row]]) -> None:
        """Tell it."""
        self.tell(partial(self._hearer.rows_changed, changes))

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:
        """Tell it."""
        self.tell(partial(self._hearer.timeline_changed, conversation, changes))

    def message_received(self, message: Message) -> None:
        """Tell it."""
        self.tell(partial(self._hearer.message_received, message))

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:
        """Tell it."""
        self.tell(partial(self._hearer.skipped, conversation, first, last))

    def not_kept(self, error: ChatError) -> None:
        """Tell it."""
        self.tell(partial(self._hearer.not_kept, error))

    def back(self, told: Callable[P, None]) -> Callable[P, None]:
        """Return what tells somebody in the window's thread what is told it in the network's."""

        def hand_back(*answer: P.args, **named: P.kwargs) -> None:
            self.tell(lambda: told(*answer, **named))

        return hand_back

    def tell(self, call: Callable[[], None]) -> None:
        """Have a call made in the window's thread, in order, unless nobody wants to hear of this client any more."""
        self._hand_over(lambda: call() if self.is_current else None)

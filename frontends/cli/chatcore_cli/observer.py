"""Brings what the library tells to the desk."""

from __future__ import annotations

from chatcore import Change, ChatClient, ConnectionPhase, ConnectionState, ConversationId, Item, Message, Observer, Row
from chatcore.view.desk import Desk


class DeskObserver(Observer):
    """Hands changes over."""

    def __init__(self, client: ChatClient, desk: Desk) -> None:
        self._client, self._desk = client, desk

    def connection_changed(self, state: ConnectionState) -> None:
        """Tell it, and who is logged in where that can have changed."""
        if state.phase is ConnectionPhase.ONLINE:
            self._desk.logged_in(self._client.me)
        self._desk.connection_changed(state)

    def rows_changed(self, changes: list[Change[Row]]) -> None:
        """Tell it."""
        self._desk.rows_changed(changes)

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:
        """Tell it."""
        self._desk.timeline_changed(conversation, changes)

    def message_received(self, message: Message) -> None:
        """Tell it."""
        self._desk.message_received(message)

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:
        """Tell it."""
        self._desk.skipped(conversation, first, last)

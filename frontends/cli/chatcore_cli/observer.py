"""Brings what the library tells to the screen."""

from __future__ import annotations

from collections.abc import Callable

from chatcore.client.changes import Change
from chatcore.client.connection_state import ConnectionPhase, ConnectionState
from chatcore.client.items import Item
from chatcore.client.observer import Observer
from chatcore.domain.ids import ConversationId
from chatcore.domain.messages import Message
from chatcore.domain.roster import Row

from .desk import Desk
from .terminal import Terminal

BELL_PAUSE = 2.0
"""Seconds in which the bell rings at most once."""


class ScreenObserver(Observer):
    """Hands changes to the desk and has the screen drawn anew."""

    def __init__(self, desk: Desk, terminal: Terminal, monotonic: Callable[[], float]) -> None:
        self._desk = desk
        self._terminal = terminal
        self._monotonic = monotonic
        self._rung_at = monotonic() - BELL_PAUSE
        self.changed_at = monotonic()
        "When the connection came into its present state."

    def connection_changed(self, state: ConnectionState) -> None:
        """Show it; a session that has ended may end the screen."""
        self.changed_at = self._monotonic()
        # Before the first try with a token nobody is logged in either, but somebody will be.
        if state.phase is ConnectionPhase.LOGGED_OUT and self._desk.client.token is None:
            self._desk.session_ended()
        self._terminal.refresh()

    def rows_changed(self, changes: list[Change[Row]]) -> None:
        """Show the list as it is now."""
        self._desk.rows_changed(changes)
        self._terminal.refresh()

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:
        """Show the conversation as it is now."""
        self._desk.talk.changed(conversation, changes)
        self._terminal.refresh()

    def message_received(self, message: Message) -> None:
        """Ring for what is not on the screen."""
        seen = self._desk.window_active and self._desk.talk.shows_newest(message.conversation)
        if not seen and self._monotonic() - self._rung_at >= BELL_PAUSE:
            self._rung_at = self._monotonic()
            self._terminal.bell()

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:  # noqa: ARG002 - the surface's
        """Say that messages came of which nothing was told."""
        count = last - first + 1
        sentence = self._desk.language.ngettext(
            "{count} message was not shown as it came: it is in the history.",
            "{count} messages were not shown as they came: they are in the history.",
            count,
        )
        self._desk.say(sentence.format(count=count))

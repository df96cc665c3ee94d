"""What a desk asks of a chat client, whether that lives in the same loop or in another thread."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from ..domain.ids import ClientId, ConversationId
from ..errors import ChatError

Done = Callable[[ChatError | None], None]
"""Is told what became of it: None where all is well."""

Count = Callable[[int], None]
"""Is told how many messages are on their way, perhaps again and again."""


class Commands(Protocol):
    """What a person at a frontend wants of the chat. Each of these returns at once and raises nothing.

    An answer comes in the thread of the frontend, once, after all changes that led to it: within the call where the
    client lives in the same loop, later where it has a loop of its own. Where the session has been left meanwhile, none
    comes.
    """

    # ---- facts, which nothing answers

    def opened(self, conversation: ConversationId | None) -> None:
        """Another conversation is shown, or none."""

    def window_active(self, active: bool) -> None:
        """Somebody looks at the frontend, or no longer."""

    def visible(self, conversation: ConversationId, seqs: Collection[int]) -> None:
        """These messages can be seen now, and no others."""

    def reconnect(self) -> None:
        """Try at once where the next try to connect is waited for."""

    # ---- messages

    def post(self, conversation: ConversationId, text: str, done: Done) -> None:
        """Put a message into the outbox."""

    def retry(self, client_id: ClientId, done: Done) -> None:
        """Try a refused message again."""

    def discard(self, client_id: ClientId, done: Done) -> None:
        """Throw a refused message away."""

    def load_older(self, conversation: ConversationId, limit: int, done: Done) -> None:
        """Let the open timeline grow backwards by at most so many messages."""

    def read_all(self, conversation: ConversationId, newest: int, done: Done) -> None:
        """Mark all messages up to this seq as read, however far up the unread ones are."""

    # ---- oneself

    def set_display_name(self, name: str | None, done: Done) -> None:
        """Be shown by another name; None stands for the account's."""

    def change_password(self, password: str, new_password: str, done: Done) -> None:
        """Have another password in place of the one up to now; all other sessions end."""

    # ---- questions

    def ask_if_at_beginning(self, conversation: ConversationId, told: Callable[[bool], None]) -> None:
        """Tell whether the first message that is here is known to be the first there is, or that there is none."""

    def ask_if_complete(self, told: Callable[[bool], None]) -> None:
        """Tell whether the whole list is there, and not a part of it that has come so far."""

    def ask_for(self, name: str, told: Callable[[ConversationId | None, ChatError | None], None]) -> None:
        """Ask the server for the conversation with the user of a name: tell either it, or why there is none."""

    # ---- the end

    def leave(self, sending: Count, left: Callable[[int, int], None]) -> None:
        """Before the program ends: wait until all is sent, a few seconds at most, and only where there is a connection.

        `left` is told how many messages are not sent in the end: those that go out with the next start, those that are
        lost.
        """

    def log_out(self, sending: Count, done: Done) -> None:
        """Send what is on its way in the same manner, and end the session."""

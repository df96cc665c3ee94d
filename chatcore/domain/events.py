"""What has happened: facts that a commit made true, and that are told after it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from .ids import ConversationId, UserId
from .messages import Message
from .tallies import Tally
from .users import User


@attrs.frozen
class MessagePosted:
    """A message was stored."""

    message: Message


@attrs.frozen
class MessagesRead:
    """Somebody read messages."""

    reader: UserId
    tally: Tally
    "The reader's, after the marks."
    seqs: tuple[int, ...]
    "Those that were not read before, in order."
    receipts: Mapping[UserId, Mapping[int, int]]
    "For each author of them: how many have read each by now."

    @property
    def conversation(self) -> ConversationId:
        """Where it happened."""
        return self.tally.conversation


@attrs.frozen
class UserRegistered:
    """Somebody registered."""

    user: User


@attrs.frozen
class UserChanged:
    """Somebody has another name from now on, was disabled, enabled or erased."""

    user: User


@attrs.frozen
class SessionEnded:
    """Somebody logged out, or was: no connection of the session may go on."""

    session: str
    "The digest of its token."


@attrs.frozen
class ClientCameBack:
    """A client is connected: a former connection of the same one is of no use any more, wherever it is."""

    session: str
    "The digest of its token."
    instance: str
    "What the client calls itself."


Event = MessagePosted | MessagesRead | UserRegistered | UserChanged
"""What users hear of. That a session has ended, its connections see for themselves."""

"""What a conversation's kind means in SQL: the only place where it is asked there, made from the domain's table."""

from __future__ import annotations

from contextlib import suppress

from ...domain.conversations import GENERAL, KINDS, Conversation
from ...domain.ids import ConversationId
from ...errors import NotFound

FOR_ALL = f"'{GENERAL}'"
"""The conversation that is for all: the schema has an index of it alone, so queries name it."""


def has_partner(column: str) -> str:
    """Return the condition that the conversation in a column is one between two."""
    return "(" + " or ".join(f"{column} glob '{kind.prefix}*'" for kind in KINDS if kind.has_partner) + ")"


def described(conversation: str) -> Conversation | None:
    """Return what a stored id says, None where it is not one, in a database that contradicts itself."""
    with suppress(NotFound):
        return Conversation.of(ConversationId(conversation))
    return None

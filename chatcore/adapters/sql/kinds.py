"""What a conversation's kind means in SQL: the only place where it is asked there, made from the domain's table."""

# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from contextlib import suppress

from ...domain.conversations import GENERAL, KINDS, Conversation
from ...domain.ids import ConversationId
from ...errors import NotFound

FOR_ALL = f"'{GENERAL}'"
"""The conversation that is for all, in whose list nobody needs a line of it."""


_COUNTED = "conversation not between 'd.' and 'd/'"
"""Which conversations the index `message_own` is of: word for word as the schema says it, or it would not be used."""


def own(user: str, conversation: str, more: str = "true") -> str:
    """Return the query for how many messages are a user's own, where not only two write: there the last one tells."""
    return (
        f"coalesce((select own from message where conversation = {conversation} and {_COUNTED} and sender = {user}"
        f" and {more} order by seq desc limit 1), 0)"
    )


def has_partner(column: str) -> str:
    """Return the condition that the conversation in a column is one between two."""
    prefixes = [kind.prefix for kind in KINDS if kind.has_partner]
    return "(" + " or ".join(f"substr({column}, 1, {len(prefix)}) = '{prefix}'" for prefix in prefixes) + ")"


def described(conversation: str) -> Conversation | None:
    """Return what a stored id says, None where it is not one, in a database that contradicts itself."""
    with suppress(NotFound):
        return Conversation.of(ConversationId(conversation))
    return None

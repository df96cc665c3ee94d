"""A kind of conversation that chatcore has not: for tests that a kind is a row of the table, and nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from chatcore.domain import conversations
from chatcore.domain.conversations import KINDS, Conversation, Kind, kind_of
from chatcore.domain.ids import ConversationId, UserId

CIRCLE = Kind(
    prefix="c.",
    rest=r"((?:[0-9a-f]{16}\.){2,7}[0-9a-f]{16})",
    counts_readers=True,
    names_senders=True,
)
"""Three to eight people, whom its id names: no more may come in, and a stranger does not learn that it is there."""


def circle(*users: UserId) -> ConversationId:
    """Return the id of the circle of these people: the same in whatever order."""
    return ConversationId(".".join(("c", *sorted(users))))


@contextmanager
def with_circles() -> Iterator[None]:
    """Have one more row in the table as long as this lasts."""
    with patch.object(conversations, "KINDS", (*KINDS, CIRCLE)):
        _forget()
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    """What ids say is kept, that they say nothing too."""
    Conversation.of.cache_clear()
    kind_of.cache_clear()

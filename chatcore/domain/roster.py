"""The list of users and conversations, and the one function that decides its order."""

from __future__ import annotations

import attrs

from .ids import ConversationId, UserId
from .messages import Last


@attrs.frozen
class Row:
    """A line of the list: a conversation and the user (or everybody) at its other end."""

    conversation: ConversationId
    name: str
    "Under which it is shown: the partner's display name."
    user: UserId | None = None
    "The partner; None where the conversation is not between two."
    active: bool = False
    unread: int = 0
    last: Last | None = None
    account: str = ""
    "The name of the partner's account; empty where there is none, or it was erased."
    look: str = ""
    "Of the partner's display name: the same for all that look alike."
    disabled: bool = False
    "Whether the partner is kept out, and nobody can write to them."

    @property
    def is_erased(self) -> bool:
        """Whether the partner's account is gone for good: who is only kept out still has a name."""
        return self.disabled and not self.account


SortKey = tuple[int, bool, str, str]


def sort_key(row: Row) -> SortKey:
    """Return what rows are sorted by, ascending.

    Those with messages first, the last one stored at the top; then active before inactive; then by name (case makes
    no difference), then by id, so that the order is total. Stored later is what has a greater number: a clock says
    nothing of that.
    """
    newest_first = -row.last.number if row.last else 1
    return newest_first, not row.active, row.name.casefold(), row.conversation

"""What can be seen of the list at one moment: the rows in their order, the one that is marked, where each stands."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ..domain.ids import ConversationId
from ..domain.roster import Row
from .stack import Stack


@attrs.frozen
class Sight:
    """The list as it stood."""

    rows: Sequence[Row] = attrs.field(default=(), eq=id)
    "Those that the sought text leaves, in order; never changed in place."
    cursor: ConversationId | None = None
    "The row that is marked while somebody is choosing."
    view: Stack[ConversationId] = attrs.field(factory=Stack)
    "The rows in view."

    @property
    def marked(self) -> Row | None:
        """The row that is marked; the first where none is."""
        place = self.place(self.cursor)
        return self.at(0 if place is None else place)

    def place(self, conversation: ConversationId | None) -> int | None:
        """Return the index of a conversation, None where it is not there."""
        return next((index for index, row in enumerate(self.rows) if row.conversation == conversation), None)

    def at(self, place: int) -> Row | None:
        """Return the row at a place, counted from 0; None where there is none."""
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def under(self, height: int) -> Row | None:
        """Return the row that stands at a height; None where none does."""
        place = self.place(self.view.under(height))
        return None if place is None else self.at(place)

    def neighbour(self, conversation: ConversationId | None, steps: int) -> Row | None:
        """Return the row so many steps below (above where negative), stopping at the ends of the list.

        Where the conversation is not there, a step down is the first row and a step up the last.
        """
        place = self.place(conversation)
        if place is None:
            place = -1 if steps > 0 else len(self.rows)
        return self.at(min(max(place + steps, 0), len(self.rows) - 1))

    def next_unread(self, conversation: ConversationId | None) -> Row | None:
        """Return the next row with unread messages below this one, going round at the end."""
        place = self.place(conversation)
        start = 0 if place is None else place + 1
        turned = [*self.rows[start:], *self.rows[:start]]
        return next((row for row in turned if row.unread and row.conversation != conversation), None)

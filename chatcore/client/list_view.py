"""The list of users and conversations as it is looked at: which rows are shown, and which one is found or open."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.conversations import GENERAL
from ..domain.ids import ConversationId, UserId
from ..domain.roster import Row
from .observer import Change, apply_changes


class ListView:
    """The rows in the core's order, filtered by a text, with a cursor for choosing among them."""

    def __init__(self, general_name: str) -> None:
        """`general_name` is what the general chat is called on the screen, so that it is found by that too."""
        self._rows: list[Row] = []
        self._general_name = general_name
        self._sought = ""
        self._shown: list[Row] | None = None
        self._by_conversation: dict[ConversationId, Row] | None = None
        self._names: dict[UserId, str] | None = None
        self._unread: int | None = None
        self._active: int | None = None
        self.cursor: ConversationId | None = None
        "The row that Enter opens while somebody is choosing; it follows its conversation when rows move."

    def apply(self, changes: Iterable[Change[Row]]) -> None:
        """Take the changes that the core tells."""
        apply_changes(self._rows, changes)
        self._forget()

    def reset(self) -> None:
        """Begin anew, with no row."""
        self._rows.clear()
        self._sought, self.cursor = "", None
        self._forget()

    @property
    def rows(self) -> list[Row]:
        """All rows, in order."""
        return self._rows

    @property
    def shown(self) -> list[Row]:
        """The rows whose name has the sought text in it, in order."""
        if self._shown is None:
            self._shown = [row for row in self._rows if self._matches(row)]
        return self._shown

    def seek(self, text: str) -> None:
        """Show only rows with this text in their name; the cursor goes to the first where its row is hidden."""
        self._sought = text.strip().casefold()
        self._shown = None
        self.settle()

    def settle(self) -> None:
        """Put the cursor on the first row where it is on none that is shown."""
        if self.place(self.cursor) is None:
            self.cursor = self.shown[0].conversation if self.shown else None

    def place(self, conversation: ConversationId | None) -> int | None:
        """Give the index of a conversation among the shown rows, None where it is not there."""
        return next((index for index, row in enumerate(self.shown) if row.conversation == conversation), None)

    def row(self, conversation: ConversationId | None) -> Row | None:
        """Give the row of a conversation, shown or not."""
        if self._by_conversation is None:
            self._by_conversation = {row.conversation: row for row in self._rows}
        return self._by_conversation.get(conversation) if conversation is not None else None

    def name_of(self, user: UserId) -> str:
        """Give a user's name, or the id while the directory has not come that far: every user has a row."""
        if self._names is None:
            self._names = {row.user: row.name for row in self._rows if row.user is not None}
        return self._names.get(user, user)

    @property
    def unread(self) -> int:
        """The unread messages of all conversations."""
        if self._unread is None:
            self._unread = sum(row.unread for row in self._rows)
        return self._unread

    @property
    def active(self) -> int:
        """How many of the other users are active."""
        if self._active is None:
            self._active = sum(row.active for row in self._rows if row.user is not None)
        return self._active

    def named(self, name: str) -> Row | None:
        """Give the row of a user, or of the general chat, by its name."""
        wanted = name.strip().casefold()
        return next((row for row in self._rows if wanted in self._names_of(row)), None)

    def neighbour(self, conversation: ConversationId | None, steps: int) -> Row | None:
        """Give the shown row so many steps below (above where negative), stopping at the ends of the list.

        Where the conversation is not shown, a step down is the first row and a step up the last.
        """
        if not self.shown:
            return None
        place = self.place(conversation)
        if place is None:
            place = -1 if steps > 0 else len(self.shown)
        return self.shown[min(max(place + steps, 0), len(self.shown) - 1)]

    def next_unread(self, conversation: ConversationId | None) -> Row | None:
        """Give the next row with unread messages below this one, going round at the end."""
        place = self.place(conversation)
        start = 0 if place is None else place + 1
        turned = self.shown[start:] + self.shown[:start]
        return next((row for row in turned if row.unread and row.conversation != conversation), None)

    def _forget(self) -> None:
        """The rows have changed: what was found out about them holds no more."""
        self._shown = self._by_conversation = self._names = self._unread = self._active = None

    def _matches(self, row: Row) -> bool:
        return not self._sought or any(self._sought in name for name in self._names_of(row))

    def _names_of(self, row: Row) -> tuple[str, ...]:
        if row.conversation == GENERAL:
            return row.name.casefold(), self._general_name.casefold(), "everybody"
        return (row.name.casefold(),)

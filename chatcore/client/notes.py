"""What the observers of a client are to be told, in the order in which it came about."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.ids import ConversationId
from ..domain.messages import Message
from ..domain.read_states import Run
from ..domain.users import User
from .audience import Note
from .changes import Change, Reset
from .holdings import Holdings
from .items import Item
from .ordered_rows import OrderedRows


class Notes:
    """Notes that nobody has taken yet.

    The list and the timelines gather their changes themselves. They are fetched when the notes are taken, and before a
    note by which an observer may look for what has just changed.
    """

    def __init__(self, rows: OrderedRows, holdings: Holdings) -> None:
        self._rows, self._holdings = rows, holdings
        self._notes: list[Note] = []

    def received(self, message: Message) -> None:
        """A message of somebody else is shown."""
        self._fetch_changes()
        self._notes.append(lambda o: o.message_received(message))

    def registered(self, user: User) -> None:
        """Somebody has registered."""
        self._fetch_changes()
        self._notes.append(lambda o: o.user_registered(user))

    def changed(self, user: User) -> None:
        """Somebody is another one than before."""
        self._fetch_changes()
        self._notes.append(lambda o: o.user_changed(user))

    def presence(self, user: User, *, active: bool) -> None:
        """Somebody else became active or inactive."""
        self._notes.append(lambda o: o.presence_changed(user, active))

    def read(self, conversation: ConversationId, receipts: Iterable[tuple[int, int]]) -> None:
        """Others have read messages of this user."""
        readers = dict(receipts)
        self._notes.append(lambda o: o.messages_read(conversation, readers))

    def skipped(self, conversation: ConversationId, gap: Run) -> None:
        """Messages are not shown one by one."""
        first, last = gap
        self._notes.append(lambda o: o.skipped(conversation, first, last))

    def take(self) -> list[Note]:
        """Return what the observers are to be told, in order."""
        self._fetch_changes()
        notes, self._notes = self._notes, []
        return notes

    def _fetch_changes(self) -> None:
        if rows := self._rows.take_changes():
            self._notes.append(lambda o: o.rows_changed(rows))
        for conversation, changes in self._holdings.take_changes():
            self._notes.append(_timeline_changed(conversation, changes))


def timeline_reset(conversation: ConversationId, items: Iterable[Item]) -> Note:
    """Return the note that a timeline begins with these."""
    return _timeline_changed(conversation, [Reset(tuple(items))])


def _timeline_changed(conversation: ConversationId, changes: list[Change[Item]]) -> Note:
    return lambda o: o.timeline_changed(conversation, changes)

"""The list of rows, kept in order, with the changes that lead from one state to the next."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from ..domain.ids import ConversationId
from ..domain.roster import Row, SortKey, sort_key
from .changes import Change, Insert, Move, Reset, Update

MANY = 200
"""More changes than this are told as one Reset."""


class OrderedRows:
    """Rows sorted by `sort_key`."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._keys: list[SortKey] = []
        self._by_conversation: dict[ConversationId, Row] = {}
        self._changes: list[Change[Row]] = []

    def get(self, conversation: ConversationId) -> Row | None:
        """Find a row."""
        return self._by_conversation.get(conversation)

    def put(self, row: Row) -> None:
        """Add a row or replace the one of the same conversation."""
        old = self._by_conversation.get(row.conversation)
        if old == row:
            return
        self._by_conversation[row.conversation] = row
        if old is None:
            self._changes.append(Insert(self._insert(row), row))
            return
        at = bisect_left(self._keys, sort_key(old))
        del self.rows[at], self._keys[at]
        to = self._insert(row)
        self._changes.append(Update(at, row) if at == to else Move(at, to, row))

    def reset(self, rows: Iterable[Row]) -> None:
        """Begin anew with these rows, in any order."""
        self.rows = sorted(rows, key=sort_key)
        self._keys = [sort_key(row) for row in self.rows]
        self._by_conversation = {row.conversation: row for row in self.rows}
        self._changes = [Reset(tuple(self.rows))]

    def take_changes(self) -> list[Change[Row]]:
        """Return what has changed since the last call."""
        changes, self._changes = self._changes, []
        return changes if len(changes) <= MANY else [Reset(tuple(self.rows))]

    def _insert(self, row: Row) -> int:
        key = sort_key(row)
        at = bisect_left(self._keys, key)
        self.rows.insert(at, row)
        self._keys.insert(at, key)
        return at

"""A queue in which everybody comes in turn: one of each address, and within an address one of each account."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Who has many waiting delays only what is theirs. Where it is full, something of the one with the most goes.

    Where there is no address each account has a turn of its own, as if it were one.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: dict[str, dict[str, deque[T]]] = {}
        "By address, then by account; the first of each is the next."
        self._places: dict[T, tuple[str, str]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def push(self, item: T, address: str, account: str) -> T | None:
        """Take something in; return what goes for it: it may be the same."""
        key = address or f" {account}"
        self._lines.setdefault(key, {}).setdefault(account, deque()).append(item)
        self._places[item] = key, account
        if len(self._places) <= self._most:
            return None
        # Of those who have equally many the last: who is about to have a turn keeps it.
        longest = max(reversed(self._lines.values()), key=lambda line: sum(map(len, line.values())))
        goes = max(reversed(longest.values()), key=len)[-1]
        self.remove(goes)
        return goes

    def pop(self) -> T | None:
        """Take out the next one, None where nobody waits."""
        for key, line in self._lines.items():
            account = next(iter(line))
            item = line[account][0]
            line[account] = line.pop(account)  # whoever had a turn goes to the end
            self._lines[key] = self._lines.pop(key)
            self.remove(item)
            return item
        return None

    def remove(self, item: T) -> None:
        """Take something out; nothing happens where it does not wait."""
        place = self._places.pop(item, None)
        if place is None:
            return
        key, account = place
        line = self._lines[key]
        line[account].remove(item)
        if not line[account]:
            del line[account]
        if not line:
            del self._lines[key]

"""Older copies of a storage that somebody puts in place without a word, and what of a run is lost by that."""

from __future__ import annotations

from ...adapters.memory import MemoryStorage
from ...domain.ids import ClientId, UserId
from ...domain.messages import Message
from ..slow_storage import SlowStorage
from .history import Truth
from .ledger import Entry, Fate, Ledger


class Copies:
    """One copy at a time; what was stored after it was made is gone when it is put in place."""

    def __init__(self, storage: SlowStorage) -> None:
        self._storage = storage
        self._copy: MemoryStorage | None = None
        self.gone: set[Message] = set()
        self.earlier: set[Entry] = set()
        "What was written before a copy was put in place."
        self.forgotten: set[Entry] = set()
        "What of it was refused: the copy may not know of it."

    @property
    def lost(self) -> set[tuple[UserId, ClientId]]:
        """Whose posts are gone; they may be stored once more."""
        return {(message.sender, message.client_id) for message in self.gone}

    @property
    def has_one(self) -> bool:
        """Whether there is a copy."""
        return self._copy is not None

    def make(self) -> None:
        """Copy the storage, where it is one in memory."""
        if isinstance(self._storage.inner, MemoryStorage):
            self._copy = self._storage.inner.copy()

    async def put_back(self, ledger: Ledger) -> None:
        """Put the copy in place, while no server runs. Nothing happens where there is none."""
        if self._copy is None:
            return
        self.earlier |= {*ledger.entries}
        self.forgotten |= {entry for entry in ledger.entries if entry.fate is Fate.REFUSED}
        former, now = Truth(self._storage.inner), Truth(self._copy)
        await former.read()
        await now.read()
        self.gone |= {m for log in former.logs.values() for m in log} - {m for log in now.logs.values() for m in log}
        self._storage.inner, self._copy = self._copy, None

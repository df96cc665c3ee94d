"""Which conversation somebody had open last in a program, for each of their accounts."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ..domain.ids import ConversationId
from .private_file import Damaged, read_document, write_document

MAX_KEPT = 20
"""Accounts: those that had something open last."""


class LastOpen:
    """A file of them. Where it cannot be read or written nothing is kept: nobody misses much."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, account: str) -> ConversationId | None:
        """Return what an account, by its key, had open; None where that is not known."""
        conversation = self._read().get(account)
        return ConversationId(conversation) if conversation else None

    def note(self, account: str, conversation: ConversationId) -> None:
        """Remember what an account has open."""
        known = self._read()
        if known.get(account) == conversation:
            return
        others = [(name, value) for name, value in known.items() if name != account]
        with suppress(OSError):
            write_document(self._path, {"opened": dict([*others[-(MAX_KEPT - 1) :], (account, str(conversation))])})

    def _read(self) -> dict[str, str]:
        with suppress(OSError, Damaged):
            opened = read_document(self._path).get("opened")
            if isinstance(opened, dict):
                return {name: value for name, value in opened.items() if isinstance(value, str)}
        return {}

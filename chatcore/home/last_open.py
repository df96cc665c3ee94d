"""Which conversation somebody had open last in a program, for each of their accounts."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ..domain.ids import ConversationId
from .private_file import Damaged, Document, read_document, write_document

MAX_KEPT = 20
"""Accounts: those that had something open last."""


class LastOpen:
    """A file of them. Where it cannot be read or written nothing is kept: nobody misses much."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, account: str) -> ConversationId | None:
        """Return what an account, by its key, had open; None where that is not known."""
        with suppress(OSError):
            conversation = _opened(self._document()).get(account)
            if conversation and isinstance(conversation, str):
                return ConversationId(conversation)
        return None

    def note(self, account: str, conversation: ConversationId) -> None:
        """Remember what an account has open."""
        try:
            document = self._document()
        except OSError:  # nobody writes over what cannot be read
            return
        opened = _opened(document)
        if opened.get(account) == conversation:
            return
        others = [(name, value) for name, value in opened.items() if name != account]
        kept = dict([*others[-(MAX_KEPT - 1) :], (account, str(conversation))])
        with suppress(OSError):
            write_document(self._path, {**document, "opened": kept})  # what else is there a newer version has written

    def _document(self) -> Document:
        """Return what is in the file; nothing where it was damaged. Raises OSError."""
        try:
            return read_document(self._path)
        except Damaged:
            return {}


def _opened(document: Document) -> Document:
    opened = document.get("opened")
    return opened if isinstance(opened, dict) else {}

"""The drafts port: keeps what is being written, so that it outlives the program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ..domain.ids import ConversationId

DRAFTS = "drafts"
"""The field that an error names where drafts cannot be kept."""


class DraftKeeper(Protocol):
    """Keeps one text for each conversation of a user, until another takes its place.

    What was kept survives the end of the program, however it ends. Raises StorageFull or StorageError, with the field
    DRAFTS, where it cannot be kept.
    """

    def open(self) -> Mapping[ConversationId, str]:
        """Return what was kept by earlier programs, and keep from now on."""

    def keep(self, conversation: ConversationId, text: str) -> None:
        """Keep a text in the place of the former one; an empty one keeps nothing."""

    def close(self) -> None:
        """Keep no more; what is kept stays."""


class NoDrafts:
    """Keeps nothing: drafts end with the program."""

    def open(self) -> Mapping[ConversationId, str]:
        """Return nothing."""
        return {}

    def keep(self, conversation: ConversationId, text: str) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Close nothing."""

"""The outbox port: keeps posts that are not answered yet, so that they outlive the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import attrs

from ..domain.ids import ClientId, ConversationId, UserId

OUTBOX = "outbox"
"""The field that an error names where it is this program's outbox that fails, and not the server's storage."""


@attrs.frozen
class KeptPost:
    """A post as it is kept."""

    user: UserId
    "Who wrote it: it is sent only when the same user is logged in."
    conversation: ConversationId
    client_id: ClientId
    text: str
    at_ms: int
    refusal: str | None = None
    "The code of the error for which it was refused for good."
    reason: str | None = None
    "What the application says to that, where it has refused it."


class OutboxKeeper(Protocol):
    """Keeps posts in the order in which they were written, until they are dropped.

    What was kept survives the end of the program, however it ends. Raises StorageFull or StorageError, with the field
    OUTBOX, where it cannot be kept.
    """

    def open(self) -> Sequence[KeptPost]:
        """Return what was kept by earlier programs, and keep from now on."""

    def take_over(self) -> Sequence[KeptPost]:
        """Return what ended programs have left; see to it that what is kept is still there. Raises nothing."""

    def keep(self, post: KeptPost) -> None:
        """Keep a post, or keep it anew with its refusal. Opens where that was not possible before."""

    def drop(self, client_id: ClientId) -> None:
        """The post was answered or discarded."""

    def close(self) -> None:
        """Keep no more; what is kept stays."""


class NoKeeper:
    """Keeps nothing: the outbox ends with the program."""

    def open(self) -> Sequence[KeptPost]:
        """Return nothing."""
        return ()

    def take_over(self) -> Sequence[KeptPost]:
        """Return nothing."""
        return ()

    def keep(self, post: KeptPost) -> None:
        """Keep nothing."""

    def drop(self, client_id: ClientId) -> None:
        """Drop nothing."""

    def close(self) -> None:
        """Close nothing."""

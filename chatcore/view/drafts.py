"""What a user has not finished writing: one text for each conversation, kept on disk a little later."""

from __future__ import annotations

from collections.abc import Callable

from ..domain.ids import ConversationId, UserId
from ..errors import ChatError, StorageError, StorageFull
from ..ports.drafts import DraftKeeper, NoDrafts
from .typed import typed


class Drafts:
    """The drafts of one user on one server. A frontend writes each change, and saves when the typing rests."""

    def __init__(
        self, keeper: DraftKeeper | None = None, keeper_of: Callable[[UserId], DraftKeeper] | None = None
    ) -> None:
        """`keeper_of` gives the keeper when it is known whose drafts these are, where that is not known yet."""
        self._keeper, self._keeper_of = keeper or NoDrafts(), keeper_of
        self._texts: dict[ConversationId, str] = {}
        self._unsaved: set[ConversationId] = set()
        self.trouble: ChatError | None = None
        "Why they do not outlive the program, the last time it was tried; None where they do."

    def open(self) -> None:
        """Take up what was written before. Raises nothing: `trouble` tells."""
        try:
            self._texts = {conversation: typed(text) for conversation, text in self._keeper.open().items()}
        except (StorageFull, StorageError) as error:
            self.trouble = error

    def belong_to(self, user: UserId) -> bool:
        """It is known whose they are; return whether what they wrote before was taken up just now.

        What was written here meanwhile stays.
        """
        if self._keeper_of is None:
            return False
        self._keeper, self._keeper_of = self._keeper_of(user), None
        here, self._texts = self._texts, {}
        self.open()
        for conversation, text in here.items():
            self.write(conversation, text)
        return True

    def of(self, conversation: ConversationId) -> str:
        """Return what is written there; empty where nothing is."""
        return self._texts.get(conversation, "")

    def write(self, conversation: ConversationId, text: str) -> None:
        """Something else is written there now; white space is nothing."""
        text = text if text.strip() else ""
        if text == self.of(conversation):
            return
        if text:
            self._texts[conversation] = text
        else:
            del self._texts[conversation]
        self._unsaved.add(conversation)

    def save(self) -> None:
        """Have on disk what is written. Raises nothing: `trouble` tells, and the next time it is tried again."""
        try:
            for conversation in list(self._unsaved):
                self._keeper.keep(conversation, self.of(conversation))
                self._unsaved.discard(conversation)
                self.trouble = None
        except (StorageFull, StorageError) as error:
            self.trouble = error

    def close(self) -> None:
        """Save, and let go of the file."""
        self.save()
        self._keeper.close()

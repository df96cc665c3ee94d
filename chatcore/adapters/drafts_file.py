"""Drafts kept in files: a journal for each running program, so that none writes over what another keeps."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from ..domain.ids import ConversationId
from ..ports.drafts import DRAFTS
from .journals import Journals


class DraftsFile:
    """Keeps drafts in a file that only its owner can read.

    Programs that are given the same path have a file each; what ended ones have left the next one takes over. Where
    several have left a draft for the same conversation they stand below each other.
    """

    def __init__(self, path: str | os.PathLike[str], former: Iterable[str | os.PathLike[str]] = ()) -> None:
        """`former` are paths beside it that were given before: what ended programs have left there is moved here."""
        former = list(former)
        self._moves = bool(former)
        self._journals = Journals(path, "conversation", DRAFTS, former)

    def open(self) -> Mapping[ConversationId, str]:
        self._journals.open()
        texts: dict[str, list[str]] = {}
        for records in self._journals.found():
            for record in records:
                match record:
                    case {"conversation": str(conversation), "text": str(text)}:
                        several = texts.setdefault(conversation, [])
                        several += [] if text in several else [text]
                    case _:
                        pass  # it is not understood and stays where it is
        for conversation, several in texts.items():
            if len(several) > 1 or self._moves:
                self.keep(ConversationId(conversation), "\n".join(several))
        return {ConversationId(conversation): "\n".join(several) for conversation, several in texts.items()}

    def keep(self, conversation: ConversationId, text: str) -> None:
        if text:
            self._journals.put({**self._journals.record(conversation), "conversation": conversation, "text": text})
        else:
            self._journals.drop(conversation)

    def close(self) -> None:
        self._journals.close()

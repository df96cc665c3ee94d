"""An outbox kept in files: a journal for each running program, of what was written and what was answered."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from heapq import merge

import attrs

from ..domain.ids import ClientId, ConversationId, UserId
from ..ports.outbox import OUTBOX, KeptPost
from .journals import Journals

log: logging.Logger = logging.getLogger(__name__)


class OutboxFile:
    """Keeps posts in a file that only its owner can read.

    Programs that are given the same path have a file each, beside each other; what an ended one has left the next one
    takes over. Each line is handed to the operating system before the post is sent, so that the end of the program
    loses nothing.
    """

    def __init__(self, path: str | os.PathLike[str], former: Iterable[str | os.PathLike[str]] = ()) -> None:
        """`former` are paths beside it that were given before: what ended programs have left there is found, too."""
        self._journals = Journals(path, "client_id", OUTBOX, former)

    def open(self) -> Sequence[KeptPost]:
        self._journals.open()
        return self._found()

    def take_over(self) -> Sequence[KeptPost]:
        self._journals.take_over()
        return self._found()

    def keep(self, post: KeptPost) -> None:
        self._journals.put({**self._journals.record(post.client_id), **attrs.asdict(post)})

    def drop(self, client_id: ClientId) -> None:
        self._journals.drop(client_id)

    def close(self) -> None:
        self._journals.close()

    def _found(self) -> list[KeptPost]:
        """Return what was taken over: each program's posts in its order, and together by the time of writing."""
        programs = [[post for record in records if (post := _post(record))] for records in self._journals.found()]
        return list(merge(*programs, key=lambda post: post.at_ms))


def _post(record: Mapping[str, object]) -> KeptPost | None:
    """Read a record; None where it is not understood: then it stays where it is."""
    match record:
        case {
            "user": str(user),
            "conversation": str(conversation),
            "client_id": str(client_id),
            "text": str(text),
            "at_ms": int(at_ms),
        } if isinstance(refusal := record.get("refusal"), str | None):
            reason = record.get("reason")  # which an older version does not write
            return KeptPost(
                UserId(user),
                ConversationId(conversation),
                ClientId(client_id),
                text,
                at_ms,
                refusal,
                reason if isinstance(reason, str) else None,
            )
        case _:  # a newer version writes it otherwise, or it is damaged
            log.warning("a line of the outbox is not understood and stays as it is")
            return None

"""What a user marks as read, before it is stored."""

from __future__ import annotations

from ..errors import Empty, NotFound, TooLong
from .ids import ConversationId, UserId
from .value import value

MAX_MARKS = 500


@value(eq=False)
class NewMarks:
    """The request to mark messages as read. Checked when it is made; own messages among them are passed over."""

    reader: UserId
    conversation: ConversationId
    seqs: tuple[int, ...]
    origin: object = None
    "Handed back untouched with the outcome: says who waits for it."

    def __attrs_post_init__(self) -> None:
        if not self.seqs:
            msg = "no message is named"
            raise Empty(msg, field="seqs")
        if len(self.seqs) > MAX_MARKS:
            msg = f"at most {MAX_MARKS} messages can be marked at once, these are {len(self.seqs)}"
            raise TooLong(msg, field="seqs")
        if min(self.seqs) < 1:
            raise NotFound(field="seqs")

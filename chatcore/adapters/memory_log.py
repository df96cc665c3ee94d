"""One conversation in memory: its messages, who has read what of them, and by how many each was read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import attrs

from ..domain.conversations import Conversation
from ..domain.ids import ConversationId, UserId
from ..domain.logs import NOTHING, End
from ..domain.messages import Message, last
from ..domain.read_states import ReadState
from ..domain.tallies import Tally
from ..ports.storage import Page


@attrs.define
class Log:
    """One conversation and who has read what of it."""

    id: ConversationId
    messages: list[Message] = attrs.field(factory=list)
    own: Counter[UserId] = attrs.field(factory=Counter)
    "How many messages of each user count."
    states: dict[UserId, ReadState] = attrs.field(factory=dict)
    readers: Counter[int] = attrs.field(factory=Counter)
    "How many have marked each seq."

    @property
    def end(self) -> End:
        return self.messages[-1] if self.messages else NOTHING

    @property
    def seq(self) -> int:
        return len(self.messages)

    @property
    def is_for_all(self) -> bool:
        return Conversation.of(self.id).kind.is_for_all

    def state(self, user: UserId) -> ReadState:
        return self.states.get(user, ReadState())

    def add(self, message: Message) -> None:
        self.messages.append(message)
        self.own[message.sender] = message.own

    def tally(self, user: UserId) -> Tally:
        state = self.state(user)
        newest = last(self.messages[-1]) if self.messages else None
        return Tally(self.id, self.end.seq, self.end.live, self.own[user], newest, state.read, state.version)

    def own_before(self, user: UserId, seq: int) -> int:
        """Count the user's own messages directly before `seq`."""
        others = (s for s in range(seq - 1, 0, -1) if self.messages[s - 1].sender != user)
        return seq - 1 - next(others, 0)

    def mark(self, reader: UserId, seqs: Sequence[int]) -> tuple[int, ...]:
        """Mark what others wrote; give the seqs that were not read before."""
        foreign = [seq for seq in seqs if self.messages[seq - 1].sender != reader]
        before = {seq: self.own_before(reader, seq) for seq in foreign}
        self.states[reader], new = self.state(reader).mark(foreign, before)
        self.readers.update(new)
        return new

    def receipts(self, seqs: Sequence[int]) -> Mapping[UserId, Mapping[int, int]]:
        """Return for each author of these messages how many have read each."""
        by_author: defaultdict[UserId, dict[int, int]] = defaultdict(dict)
        for seq in seqs:
            by_author[self.messages[seq - 1].sender][seq] = self.readers[seq]
        return dict(by_author)

    def page(self, user: UserId, first: int, end: int) -> Page:
        """Return what lies between two seqs, both included, for a member."""
        messages = tuple(self.messages[max(first, 1) - 1 : max(end, 0)])
        own = [m.seq for m in messages if m.sender == user and self.readers[m.seq]]
        receipts = tuple((seq, self.readers[seq]) for seq in own)
        return Page(self.tally(user), messages, self.state(user).clipped(first, end), receipts, more=False)

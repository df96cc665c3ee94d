"""The connections of three users, and what tells them what happens."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from chatcore import ConversationId, User, UserId
from chatcore.domain.conversations import Conversation, Members, direct
from chatcore.domain.events import MessagesRead
from chatcore.domain.hosts import AboutPresence, Hosts
from chatcore.domain.presence import Presence
from chatcore.domain.tallies import Tally
from chatcore.host.hub import Hub
from chatcore.host.passing import Passing
from chatcore.host.sessions import Sessions
from chatcore.ports.transport import OutFrame
from chatcore.testing import VirtualClock
from chatcore.wire import frames as f
from tests.protocol.joined import FROM_SERVER

ALICE, BOB, CAROL = (UserId(letter * 16) for letter in "abc")
ALICE_BOB = direct(ALICE, BOB)


def _hearers(conversation: ConversationId) -> Members:
    return Conversation.of(conversation).members


@attrs.define(eq=False)
class Ear:
    """A connection that keeps what it is told, write by write."""

    user: User | None = None
    session: str = ""
    writes: list[list[OutFrame]] = attrs.field(factory=list)

    def put(self, frames: Sequence[OutFrame]) -> None:
        self.writes.append(list(frames))

    @property
    def heard(self) -> list[list[f.ServerFrame]]:
        return [[FROM_SERVER.decode(frame.data) for frame in write] for write in self.writes]


class Room:
    """What tells the connections of three users what happens: a hub and what passes."""

    def __init__(self) -> None:
        self.encoded: list[f.ServerFrame] = []
        self.clock = VirtualClock()
        self.sessions: Sessions[Ear] = Sessions()
        self.published: list[AboutPresence] = []
        self.passing = Passing(
            self._encode, self.sessions, self.clock, Presence(), Hosts("here"), self.published.extend
        )
        self.hub = Hub(self._encode, _hearers, self.sessions, self.passing.read)
        self.alice, self.alices_phone = self.enter(ALICE), self.enter(ALICE)
        self.bob, self.carol = self.enter(BOB), self.enter(CAROL)

    def enter(self, user: UserId) -> Ear:
        """Log a user in on one more connection."""
        ear = Ear(User(user, user[0], 1, 1))
        self.sessions.enter(ear, user)
        return ear

    def _encode(self, frame: f.ServerFrame) -> bytes:
        self.encoded.append(frame)
        return FROM_SERVER.encode(frame)


def read(reader: UserId, conversation: ConversationId, receipts: dict[UserId, dict[int, int]]) -> MessagesRead:
    seqs = tuple(sorted(seq for readers in receipts.values() for seq in readers))
    return MessagesRead(reader, Tally(conversation, version=1), seqs, receipts)

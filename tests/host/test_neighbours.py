"""What a host tells the others, and to whom at home goes what they tell."""

from __future__ import annotations

from collections.abc import Sequence

from chatcore import GENERAL, ClientId, Conflict, Message, User, UserId
from chatcore.adapters.local_bus import LocalBus
from chatcore.domain.events import (
    ClientCameBack,
    Event,
    MessagePosted,
    MessagesRead,
    SessionEnded,
    UserChanged,
    UserRegistered,
)
from chatcore.domain.hosts import AboutPresence, HostPresence, HostPresenceWanted
from chatcore.domain.marks import NewMarks
from chatcore.domain.messages import NewMessage
from chatcore.domain.tallies import Tally
from chatcore.host.neighbours import Neighbours, events_of
from chatcore.ports.bus import Hint
from chatcore.ports.commits import Altered, Commit, Enrolled, Marked, Refused, Repeated, Stored
from tests.turns import turns

ALICE = UserId("a" * 16)
USER = User(ALICE, "alice", 1, 1)
MESSAGE = Message(GENERAL, 1, ALICE, ClientId("c1"), "hi", 1_700_000_000_000, 1, 1, 1)
POST = NewMessage(ALICE, GENERAL, ClientId("c1"), "hi")
MARKS = NewMarks(ALICE, GENERAL, (1,))
READ = MessagesRead(ALICE, Tally(GENERAL), (1,), {})


class Home:
    """What a host does with what it hears."""

    def __init__(self) -> None:
        self.told: list[Sequence[Event]] = []
        self.presence: list[AboutPresence] = []
        self.ended: list[str] = []
        self.back: list[tuple[str, str]] = []
        self.losses = 0

    def listen(self, neighbours: Neighbours) -> None:
        """Hear what the others tell."""
        self.leave = neighbours.listen(
            self.told.append,
            self.presence.append,
            self.ended.append,
            lambda *back: self.back.append(back),
            self._note_loss,
        )

    def _note_loss(self) -> None:
        self.losses += 1


async def test_of_a_commit_is_told_what_has_happened_and_not_what_was_repeated_refused_or_changed_nothing() -> None:
    bus, published = LocalBus(), list[Hint]()
    bus.subscribe("another host", published.extend)
    commit: Commit = [
        Stored(POST, MESSAGE),
        Repeated(POST, MESSAGE),
        Refused(POST, Conflict()),
        Marked(MARKS, Tally(GENERAL), READ),
        Marked(MARKS, Tally(GENERAL), None),
        Enrolled(USER),
        Altered(USER, ("digest",)),
    ]

    Neighbours(bus).publish(events_of(commit))
    await turns(2)

    assert published == [MessagePosted(MESSAGE), READ, UserRegistered(USER), UserChanged(USER)]


async def test_each_kind_of_hint_goes_where_it_belongs_and_events_stay_together() -> None:
    bus, home = LocalBus(), Home()
    home.listen(Neighbours(bus))
    present, wanted = HostPresence("there", 1, (ALICE,)), HostPresenceWanted("here")

    bus.publish(
        [MessagePosted(MESSAGE), SessionEnded("digest"), present, READ, ClientCameBack("digest", "one"), wanted],
        "another host",
    )
    await turns(2)

    assert home.told == [[MessagePosted(MESSAGE), READ]]
    assert home.ended == ["digest"]
    assert home.back == [("digest", "one")]
    assert home.presence == [present, wanted]
    assert home.losses == 0


async def test_a_bus_that_says_nothing_says_that_hints_may_have_been_lost() -> None:
    bus, home = LocalBus(), Home()
    home.listen(Neighbours(bus))

    bus.publish((), None)
    await turns(2)

    assert home.losses == 1
    assert home.told == []


async def test_a_host_does_not_hear_itself_nor_anything_after_it_has_left() -> None:
    bus, home = LocalBus(), Home()
    neighbours = Neighbours(bus)
    home.listen(neighbours)

    neighbours.publish([SessionEnded("its own")])
    await turns(2)
    home.leave()
    bus.publish([SessionEnded("another's")], "another host")
    await turns(2)

    assert home.ended == []


def test_without_a_bus_there_are_no_neighbours() -> None:
    home, neighbours = Home(), Neighbours(None)
    home.listen(neighbours)

    neighbours.publish([SessionEnded("digest")])
    home.leave()

    assert home.told == []

"""The hub: who hears of what, once, encoded once, in one write for each connection and commit."""

from __future__ import annotations

import attrs
import pytest

from chatcore import GENERAL, ClientId, Conflict, ConversationId, Message, User, UserId
from chatcore.domain.conversations import direct
from chatcore.domain.events import MessagePosted, MessagesRead, UserRegistered
from chatcore.domain.marks import NewMarks
from chatcore.domain.messages import NewMessage
from chatcore.domain.tallies import Tally
from chatcore.ports.commits import Enrolled, Marked, Outcome, Refused, Repeated, Stored
from chatcore.wire import frames as f
from tests.host.room import ALICE, ALICE_BOB, BOB, Ear, Room, read


@attrs.define(eq=False)
class Asker:
    """Waits on a connection for an outcome."""

    listener: Ear
    number: int = 1

    def answer(self, outcome: Outcome) -> f.ServerFrame:
        return f.ErrorFrame(self.number, type(outcome).__name__, "", None, None)


def message(conversation: ConversationId = ALICE_BOB, seq: int = 1, sender: UserId = ALICE) -> Message:
    return Message(conversation, seq, sender, ClientId(f"c{seq}"), "hi", 1_700_000_000_000, seq, seq, seq)


def stored(message: Message, origin: object = None) -> Stored:
    return Stored(NewMessage(message.sender, message.conversation, message.client_id, message.text, origin), message)


def marked(event: MessagesRead | None, origin: object = None) -> Marked:
    return Marked(NewMarks(BOB, ALICE_BOB, (1,), origin), Tally(ALICE_BOB), event)


def test_a_direct_message_is_told_to_all_connections_of_the_two_and_to_nobody_else() -> None:
    room = Room()

    room.hub.deliver([stored(message())])

    told = [[f.MessageEvent(message())]]
    assert room.alice.heard == room.alices_phone.heard == room.bob.heard == told
    assert room.carol.heard == []


def test_a_message_of_the_general_chat_is_told_to_everybody() -> None:
    room = Room()

    room.hub.deliver([stored(message(GENERAL))])

    assert room.alice.heard == room.bob.heard == room.carol.heard == [[f.MessageEvent(message(GENERAL))]]


def test_a_message_is_encoded_once_and_everybody_gets_the_same_bytes() -> None:
    room = Room()

    room.hub.deliver([stored(message(GENERAL))])

    assert len(room.encoded) == 1
    assert room.bob.writes[0][0] is room.carol.writes[0][0]


def test_a_message_that_nobody_hears_is_not_encoded() -> None:
    room = Room()
    nobody = direct(UserId("1" * 16), UserId("2" * 16))

    room.hub.deliver([stored(message(nobody, sender=UserId("1" * 16)))])

    assert room.encoded == []


def test_the_connection_that_posted_gets_the_answer_instead_of_the_event() -> None:
    room = Room()

    room.hub.deliver([stored(message(), Asker(room.alice))])

    assert room.alice.heard == [[f.ErrorFrame(1, "Stored", "", None, None)]]
    assert room.alices_phone.heard == [[f.MessageEvent(message())]]


def test_a_commit_is_one_write_for_each_connection_in_the_order_of_the_commit() -> None:
    room = Room()
    commit = [
        stored(message(seq=1)),
        stored(message(seq=2), Asker(room.alice, 7)),
        stored(message(GENERAL, seq=1, sender=BOB)),
        stored(message(seq=3, sender=BOB), Asker(room.bob, 9)),
    ]

    room.hub.deliver(commit)

    general = f.MessageEvent(message(GENERAL, seq=1, sender=BOB))
    assert room.alice.heard == [
        [
            f.MessageEvent(message(seq=1)),
            f.ErrorFrame(7, "Stored", "", None, None),
            general,
            f.MessageEvent(message(seq=3, sender=BOB)),
        ]
    ]
    assert room.bob.heard == [
        [
            f.MessageEvent(message(seq=1)),
            f.MessageEvent(message(seq=2)),
            general,
            f.ErrorFrame(9, "Stored", "", None, None),
        ]
    ]
    assert room.carol.heard == [[general]]


@pytest.mark.parametrize("kind", [Repeated, Refused])
def test_a_repeated_or_refused_post_is_answered_and_told_to_nobody(kind: type) -> None:
    room = Room()
    change = NewMessage(ALICE, ALICE_BOB, ClientId("c"), "hi", Asker(room.alice))
    outcome = Repeated(change, message()) if kind is Repeated else Refused(change, Conflict())

    room.hub.deliver([outcome])

    assert room.alice.heard == [[f.ErrorFrame(1, kind.__name__, "", None, None)]]
    assert room.alices_phone.heard == room.bob.heard == []


def test_an_answer_to_a_connection_that_left_goes_to_it_alone() -> None:
    room = Room()
    room.sessions.remove(room.alice)

    room.hub.deliver([stored(message(), Asker(room.alice))])

    assert room.alice.heard == [[f.ErrorFrame(1, "Stored", "", None, None)]]
    assert room.bob.heard == [[f.MessageEvent(message())]]


def test_marks_are_told_to_the_readers_other_connections_and_answered_on_the_one_that_asked() -> None:
    room = Room()
    phone = room.enter(BOB)

    room.hub.deliver([marked(read(BOB, ALICE_BOB, {ALICE: {1: 1}}), Asker(room.bob))])

    told = f.ReadEvent(Tally(ALICE_BOB, version=1), ((1, 1),))
    assert room.bob.heard == [[f.ErrorFrame(1, "Marked", "", None, None)]]
    assert phone.heard == [[told]]
    assert room.alice.heard == room.carol.heard == []


def test_marks_that_changed_nothing_are_answered_only() -> None:
    room = Room()

    room.hub.deliver([marked(None, Asker(room.bob))])

    assert room.bob.heard == [[f.ErrorFrame(1, "Marked", "", None, None)]]
    room.passing.tick()
    assert room.alice.heard == []


def test_a_new_user_is_told_to_everybody() -> None:
    room = Room()
    dave = User(UserId("d" * 16), "dave", 4, 4)

    room.hub.deliver([Enrolled(dave)])

    assert room.alice.heard == room.carol.heard == [[f.UserEvent(dave)]]


def test_what_another_host_committed_is_told_in_the_same_way_without_answers() -> None:
    room = Room()
    dave = User(UserId("d" * 16), "dave", 4, 4)

    room.hub.tell([MessagePosted(message()), read(BOB, ALICE_BOB, {ALICE: {1: 1}}), UserRegistered(dave)])
    room.passing.tick()

    assert room.alice.heard == [
        [f.MessageEvent(message()), f.UserEvent(dave)],
        [f.ReceiptsEvent(ALICE_BOB, ((1, 1),))],
    ]
    assert room.bob.heard == [
        [f.MessageEvent(message()), f.ReadEvent(Tally(ALICE_BOB, version=1), ((1, 1),)), f.UserEvent(dave)]
    ]

"""What observers are told: changes of the list and of timelines come before what they are the ground of."""

from chatcore import UserId
from chatcore.client.holdings import Holdings
from chatcore.client.notes import Notes, timeline_reset
from chatcore.client.ordered_rows import OrderedRows
from chatcore.client.outbox import Outbox
from chatcore.domain.roster import Row
from tests.client.replicas import BOB, WITH_BOB, Witness, message


def row(unread: int) -> Row:
    return Row(WITH_BOB, "bob", UserId(BOB.id), active=True, unread=unread, last=None)


def told(notes: Notes) -> list[object]:
    witness = Witness()
    for note in notes.take():
        note(witness)
    return witness.told


def test_a_message_is_told_after_what_has_changed_before_it() -> None:
    rows = OrderedRows()
    notes = Notes(rows, Holdings(Outbox()))

    rows.put(row(unread=1))
    notes.received(message(1))
    rows.put(row(unread=2))

    assert told(notes) == [("rows", ["bob"]), ("received", WITH_BOB, 1), ("rows", ["bob"])]


def test_who_has_registered_is_told_when_their_row_is_there() -> None:
    rows = OrderedRows()
    notes = Notes(rows, Holdings(Outbox()))

    rows.put(row(unread=0))
    notes.registered(BOB)

    assert told(notes) == [("rows", ["bob"]), ("registered", "bob")]


def test_notes_are_taken_once() -> None:
    notes = Notes(OrderedRows(), Holdings(Outbox()))

    notes.presence(BOB, active=True)
    notes.read(WITH_BOB, [(3, 1)])
    notes.skipped(WITH_BOB, (4, 9))
    notes.registered(BOB)

    assert told(notes) == [
        ("presence", "bob", True),
        ("read", WITH_BOB, {3: 1}),
        ("skipped", WITH_BOB, 4, 9),
        ("registered", "bob"),
    ]
    assert told(notes) == []


def test_a_timeline_is_told_whole_with_a_reset() -> None:
    witness = Witness()

    timeline_reset(WITH_BOB, ())(witness)

    assert witness.told == [("timeline", [])]

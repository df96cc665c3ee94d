"""Marks on their way out: what was displayed in batches, what was asked for at once."""

from __future__ import annotations

import asyncio

import pytest

from chatcore import Busy, ChatError, Closed, ItemState, NotFound
from chatcore.client.marks import Marks
from chatcore.client.wishes import WantStretch
from chatcore.domain.marks import MAX_MARKS
from chatcore.domain.read_states import Run
from chatcore.wire import frames as f
from tests.client.asked import Asked, pacing
from tests.client.replicas import WITH_BOB, World, messages, page, tally
from tests.turns import turns


class Desk(World):
    """Marks over a replica with an open conversation of three messages."""

    def __init__(self) -> None:
        super().__init__()
        self.complete(tally(seq=3))
        self.follower.open(WITH_BOB)
        self.pull(page(tally(seq=3), messages(1, 3)))
        self.asked = Asked()
        self.marks = Marks(self.follower, self.asked.ask, pacing())
        self.marks.displayed.opened(WITH_BOB)
        self.marks.displayed.window_active = True

    def display(self, *seqs: int, now: float = 0.0) -> None:
        """Let messages be visible."""
        self.marks.displayed.visible = frozenset(seqs)
        self.send(now)

    def send(self, now: float = 0.0) -> None:
        """Send what is due."""
        self.marks.note_displayed()
        self.marks.send_due(now)

    def mark(self, *seqs: int) -> asyncio.Future[None]:
        """Ask for marks."""
        return asyncio.ensure_future(self.marks.mark(WITH_BOB, seqs, self.send))

    def marked(self, read: int, version: int, *runs: Run) -> None:
        """Answer the oldest open request."""
        self.asked.answer(f.Marked(1, tally(seq=3, read=read, version=version), runs))

    @property
    def sent(self) -> list[tuple[int, ...]]:
        """The seqs that were sent."""
        return [mark.seqs for mark in self.asked.of(f.Mark)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


# ---- displayed


def test_what_is_displayed_is_marked_once(desk: Desk) -> None:
    desk.display(1, 2)
    desk.send(1.0)
    desk.send(2.0)

    assert desk.sent == [(1, 2)]


def test_what_is_read_already_or_not_here_is_not_marked(desk: Desk) -> None:
    desk.follower.event(f.ReadEvent(tally(seq=3, read=1, version=1), ((1, 1),)))

    desk.display(1, 2, 9)

    assert desk.sent == [(2,)]


def test_the_answer_counts(desk: Desk) -> None:
    desk.display(1)

    desk.marked(1, 1)

    assert desk.replica.tally(WITH_BOB).unread == 2


def test_the_answer_says_which_messages_are_read(desk: Desk) -> None:
    desk.display(1, 3)

    desk.marked(2, 1, (1, 1), (3, 3))

    assert [item.state for item in desk.replica.timeline(WITH_BOB)] == [
        ItemState.READ,
        ItemState.UNREAD,
        ItemState.READ,
    ]
    assert not isinstance(desk.wish(), WantStretch)


def test_an_answer_that_knows_of_marks_that_were_missed_leads_to_a_pull(desk: Desk) -> None:
    desk.display(1)

    desk.marked(1, 1)

    assert isinstance(desk.wish(), WantStretch)


def test_marks_that_were_under_way_when_the_connection_was_lost_are_sent_again(desk: Desk) -> None:
    desk.display(1)

    desk.asked.lose()
    desk.marks.connection_lost()
    desk.send(5.0)

    assert desk.sent == [(1,), (1,)]


def test_marks_that_were_refused_for_now_are_sent_later(desk: Desk) -> None:
    desk.display(1)

    desk.asked.answer(Busy())
    due = desk.marks.next_due()
    assert due is not None
    desk.send(due - 0.01)
    before = desk.sent
    desk.send(due)

    assert due >= 0.5
    assert before == [(1,)]
    assert desk.sent == [(1,), (1,)]


def test_marks_that_were_refused_for_good_do_not_stand_in_the_way(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.display(1)

    desk.asked.answer(NotFound())
    desk.display(2, now=5.0)

    assert desk.sent == [(1,), (2,)]
    assert "marks were refused" in caplog.text


def test_what_was_displayed_of_a_history_that_is_no_more_is_forgotten(desk: Desk) -> None:
    desk.display(1)
    desk.asked.lose()
    desk.marks.connection_lost()

    desk.marks.forget(NotFound())
    desk.send(5.0)

    assert desk.sent == [(1,)]
    assert desk.marks.next_due() is None
    assert desk.marks.displayed.seqs() == frozenset()


# ---- asked for


async def test_what_is_asked_for_is_sent_at_once_and_waited_for(desk: Desk) -> None:
    marking = desk.mark(3)
    await turns()
    was_done = marking.done()

    desk.marked(1, 1)
    await marking

    assert not was_done
    assert desk.sent == [(3,)]
    assert desk.replica.tally(WITH_BOB).unread == 2


async def test_more_than_500_are_asked_for_in_several_requests(desk: Desk) -> None:
    marking = desk.mark(*range(1, MAX_MARKS + 2))
    await turns()

    desk.marked(1, 1)
    await turns()
    was_done = marking.done()
    desk.marked(2, 2)
    await marking

    assert list(map(len, desk.sent)) == [MAX_MARKS, 1]
    assert not was_done


async def test_what_is_asked_for_waits_for_the_connection(desk: Desk) -> None:
    marking = desk.mark(3)
    await turns()

    desk.asked.lose()
    desk.marks.connection_lost()
    desk.send()
    desk.marked(1, 1)

    await marking
    assert desk.sent == [(3,), (3,)]


async def test_what_is_refused_for_now_is_asked_for_again(desk: Desk) -> None:
    marking = desk.mark(3)
    await turns()

    desk.asked.answer(Busy())
    due = desk.marks.next_due()
    assert due is not None
    desk.send(due - 0.01)
    before = desk.sent
    desk.send(due)
    desk.marked(1, 1)

    await marking
    assert (before, desk.sent) == ([(3,)], [(3,), (3,)])


@pytest.mark.parametrize("how", ["refused", "closed", "forgotten"])
async def test_who_asked_is_told_what_went_wrong(desk: Desk, how: str) -> None:
    marking = desk.mark(9)
    await turns()
    error: ChatError = Closed() if how == "closed" else NotFound()

    match how:
        case "refused":
            desk.asked.answer(error)
        case "closed":
            desk.marks.fail(error)
        case _:
            desk.marks.forget(error)

    with pytest.raises(type(error)):
        await marking
    assert desk.marks.next_due() is None


async def test_who_stops_waiting_does_not_stop_the_mark(desk: Desk) -> None:
    marking = desk.mark(3)
    await turns()

    marking.cancel()
    await asyncio.gather(marking, return_exceptions=True)
    desk.marked(1, 1)

    assert desk.replica.tally(WITH_BOB).unread == 2
    assert desk.marks.next_due() is None

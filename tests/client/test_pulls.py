"""Pulls: one at a time, and a wish that comes up while another is under way is not lost."""

from __future__ import annotations

import attrs
import pytest

from chatcore import GENERAL, Busy, ConversationId, NotFound, StorageUnavailable
from chatcore.client.pulls import CATCH_UP, OFTEN, PAGE, Pulls, older_request
from chatcore.wire import frames as f
from tests.client.asked import Asked, pacing
from tests.client.replicas import BOB, CAROL, ME, WITH_BOB, World, message, messages, page, tally


class Desk(World):
    """Pulls over a replica that has its snapshot."""

    def __init__(self) -> None:
        super().__init__()
        self.snapshot(users=3)
        self.asked = Asked()
        self.pulls = Pulls(self.follower, self.asked.ask, pacing())

    def answer(self, answer: f.Answer) -> None:
        """Answer the pull under way and let the next be asked for."""
        self.asked.answer(answer)
        self.pulls.send_due(0.0)

    def finish(self) -> None:
        """Answer the directory and the list."""
        self.pulls.send_due(0.0)
        self.answer(f.Users(1, (ME, BOB, CAROL), upto=3, more=False))
        self.answer(f.Tallies(1, (), more=False))
        self.asked.requests.clear()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_one_thing_is_asked_for_at_a_time(desk: Desk) -> None:
    desk.pulls.send_due(0.0)
    desk.pulls.send_due(0.0)
    first = list(desk.asked.requests)

    desk.answer(f.Users(1, (ME, BOB, CAROL), upto=3, more=False))

    assert first == [f.ListUsers(1, 0)]
    assert desk.asked.requests == [f.ListUsers(1, 0), f.ListTallies(2, "")]


def test_when_everything_is_here_nothing_is_asked_for(desk: Desk) -> None:
    desk.finish()

    desk.pulls.send_due(0.0)

    assert desk.asked.requests == []
    assert desk.pulls.next_due() is None


def test_each_wish_has_its_request(desk: Desk) -> None:
    desk.finish()
    desk.follower.open(WITH_BOB)
    desk.pulls.send_due(0.0)
    desk.answer(page(tally(seq=2), messages(1, 2)))
    desk.answer(page(tally(seq=2), messages(1, 2)))

    desk.follower.event(f.ReadEvent(tally(seq=2, read=2, version=2), ((1, 1),)))
    desk.pulls.send_due(0.0)

    assert desk.asked.requests == [
        f.History(1, WITH_BOB, None, None, PAGE),
        f.History(2, WITH_BOB, 0, None, CATCH_UP),
        f.Stretch(3, WITH_BOB, 1, 2),
    ]


def test_a_wish_that_comes_up_while_it_is_pulled_is_asked_for_again(desk: Desk) -> None:
    desk.finish()
    desk.follower.message(message(2))
    desk.pulls.send_due(0.0)

    desk.follower.message(message(4))
    desk.pulls.send_due(0.0)
    desk.answer(page(tally(seq=2), messages(1, 2)))

    assert desk.asked.requests == [f.History(1, WITH_BOB, 0, None, CATCH_UP), f.History(2, WITH_BOB, 2, None, CATCH_UP)]


def test_after_a_lost_connection_what_is_missing_is_asked_for_again(desk: Desk) -> None:
    desk.finish()
    desk.follower.message(message(2))
    desk.pulls.send_due(0.0)

    desk.asked.lose()
    desk.pulls.send_due(0.0)

    assert desk.asked.requests == [f.History(n, WITH_BOB, 0, None, CATCH_UP) for n in (1, 2)]


def test_a_refused_pull_is_tried_again_after_a_while(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.finish()
    desk.follower.message(message(2))
    desk.pulls.send_due(0.0)

    desk.asked.answer(Busy())
    due = desk.pulls.next_due()
    assert due is not None
    desk.pulls.send_due(due - 0.01)
    before = len(desk.asked.requests)
    desk.pulls.send_due(due)

    assert due >= 0.5
    assert (before, len(desk.asked.requests)) == (1, 2)
    assert "a page was refused" in caplog.text
    assert desk.pulls.next_due() is None


def test_a_wish_that_was_answered_without_progress_waits_as_after_a_refusal(desk: Desk) -> None:
    """The server has less than was told of, as after an older copy was put in place: asked at once, it would be for
    ever, thousands of times a second."""
    desk.finish()
    desk.follower.message(message(9))
    for _ in range(1_000):
        desk.pulls.send_due(0.0)
        if desk.asked.waiting:
            desk.asked.answer(page(tally(seq=2), messages(1, 2) if len(desk.asked.requests) == 1 else ()))
    due = desk.pulls.next_due()

    assert desk.asked.requests == [f.History(n, WITH_BOB, after, None, CATCH_UP) for n, after in ((1, 0), (2, 2))]
    assert due is not None
    assert due >= 0.5
    desk.pulls.send_due(due)
    assert desk.asked.requests[2:] == [f.History(3, WITH_BOB, 2, None, CATCH_UP)]
    assert desk.pulls.next_due() is None


def test_a_wish_that_comes_to_nothing_keeps_no_other_from_being_asked_for(desk: Desk) -> None:
    desk.follower.message(message(9))
    desk.pulls.send_due(0.0)

    desk.answer(page(tally(seq=0)))
    desk.answer(f.Users(1, (), upto=0, more=False))

    assert desk.asked.requests == [f.History(1, WITH_BOB, 9, None, CATCH_UP), f.ListUsers(2, 0), f.ListTallies(3, "")]


def test_a_page_that_the_server_cannot_read_keeps_no_other_from_being_asked_for(desk: Desk) -> None:
    desk.follower.message(message(9))
    desk.pulls.send_due(0.0)

    desk.asked.answer(StorageUnavailable())
    desk.pulls.send_due(0.0)
    desk.answer(f.Users(2, (ME, BOB, CAROL), upto=3, more=False))
    desk.answer(f.Tallies(3, (), more=False))
    due = desk.pulls.next_due()
    assert due is not None
    desk.pulls.send_due(due)

    asked = [type(request) for request in desk.asked.requests]
    assert asked == [f.History, f.ListUsers, f.ListTallies, f.History]


def test_a_timeline_that_cannot_be_had_stands_in_nobodys_way(desk: Desk) -> None:
    desk.finish()
    desk.follower.open(ConversationId("d.no.body"))
    desk.follower.message(message(2))
    desk.pulls.send_due(0.0)

    desk.asked.answer(NotFound())
    desk.pulls.send_due(9.0)

    assert desk.asked.requests[1:] == [f.History(2, WITH_BOB, 0, None, CATCH_UP)]


def test_older_messages_are_asked_for_before_a_seq() -> None:
    assert older_request(GENERAL, 7, 20)(3) == f.History(3, GENERAL, None, 7, 20)


def test_a_server_that_always_has_more_is_not_asked_as_fast_as_it_answers(desk: Desk) -> None:
    desk.follower.event(f.UserEvent(attrs.evolve(BOB, fact=10**9)))
    desk.pulls.send_due(0.0)

    answered = 0
    while len(desk.asked.requests) > answered and answered < 5_000:
        answered += 1
        desk.answer(f.Users(1, (ME, BOB, CAROL), upto=answered, more=True))
    due = desk.pulls.next_due()
    assert due is not None
    desk.pulls.send_due(due)

    assert answered == OFTEN.burst
    assert due > 0
    assert len(desk.asked.requests) == answered + 1

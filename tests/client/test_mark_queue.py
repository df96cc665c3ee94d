"""How marks are gathered into batches."""

import pytest

from chatcore import GENERAL, ConversationId
from chatcore.client.mark_queue import CROWD_PAUSE, PAUSE, MarkQueue
from chatcore.domain.marks import MAX_MARKS

BOB = ConversationId("d.a.b")


def queue(fraction: float = 0.5) -> MarkQueue:
    return MarkQueue(lambda: fraction)


def test_marks_of_a_direct_conversation_go_out_at_once_in_order() -> None:
    marks = queue()
    marks.add(BOB, [3, 1, 2], 10.0)

    assert marks.take(10.0) == [(BOB, (1, 2, 3))]


def test_the_next_batch_waits_for_the_answer_and_for_the_pause() -> None:
    marks = queue()
    marks.add(BOB, [1], 10.0)
    marks.take(10.0)
    marks.add(BOB, [2], 10.0)

    while_under_way = marks.take(20.0)
    marks.answered(BOB)
    within_the_pause = marks.take(10.0 + PAUSE - 0.01)
    after_it = marks.take(10.0 + PAUSE)

    assert (while_under_way, within_the_pause, after_it) == ([], [], [(BOB, (2,))])


def test_marks_of_the_general_chat_are_spread_by_chance() -> None:
    early, late = queue(0.0), queue(0.9)
    for marks in (early, late):
        marks.add(GENERAL, [1], 10.0)

    assert early.take(10.0) == [(GENERAL, (1,))]
    assert late.take(10.8) == []
    assert late.take(10.0 + 0.9 * CROWD_PAUSE) == [(GENERAL, (1,))]


def test_marks_of_the_general_chat_go_out_at_most_once_a_second() -> None:
    marks = queue(0.0)
    marks.add(GENERAL, [1], 10.0)
    marks.take(10.0)
    marks.answered(GENERAL)
    marks.add(GENERAL, [2], 10.1)

    assert marks.take(10.0 + CROWD_PAUSE - 0.01) == []
    assert marks.take(10.0 + CROWD_PAUSE) == [(GENERAL, (2,))]


def test_a_batch_has_at_most_500_marks_and_the_rest_follows() -> None:
    marks = queue()
    marks.add(BOB, range(1, MAX_MARKS + 11), 0.0)

    ((_, first),) = marks.take(0.0)
    marks.answered(BOB)
    ((_, rest),) = marks.take(1.0)

    assert first == tuple(range(1, MAX_MARKS + 1))
    assert rest == tuple(range(MAX_MARKS + 1, MAX_MARKS + 11))


def test_what_is_under_way_is_not_marked_again() -> None:
    marks = queue()
    marks.add(BOB, [1, 2], 0.0)
    marks.take(0.0)

    marks.add(BOB, [1, 2], 0.1)
    marks.answered(BOB)

    assert marks.take(9.0) == []
    assert marks.next_due() is None


@pytest.mark.parametrize("how", ["connection lost", "postponed"])
def test_marks_that_did_not_arrive_go_out_again(how: str) -> None:
    marks = queue()
    marks.add(BOB, [1, 2], 0.0)
    marks.take(0.0)
    marks.add(BOB, [3], 0.0)

    if how == "postponed":
        marks.postponed(BOB, 7.0)
        assert marks.take(6.9) == []
    else:
        marks.connection_lost()

    assert marks.take(7.0) == [(BOB, (1, 2, 3))]


def test_it_is_known_when_the_next_batch_is_due() -> None:
    marks = queue(0.5)
    assert marks.next_due() is None

    marks.add(GENERAL, [1], 10.0)
    assert marks.next_due() == 10.5

    marks.add(BOB, [1], 10.1)
    assert marks.next_due() == 10.1

    marks.take(10.1)
    assert marks.next_due() == 10.5


def test_nothing_to_mark_begins_no_pause() -> None:
    marks = queue()

    marks.add(GENERAL, [], 10.0)

    assert marks.next_due() is None


def test_an_answer_for_what_was_forgotten_does_no_harm() -> None:
    marks = queue()
    marks.add(BOB, [1], 0.0)
    marks.take(0.0)

    marks.clear()
    marks.answered(BOB)

    assert marks.take(9.0) == []

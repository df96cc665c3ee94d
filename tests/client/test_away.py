"""Whether anybody looks is told once, when it has lasted, and anew on each connection."""

from __future__ import annotations

from chatcore.client.away import AWAY_AFTER, Away
from chatcore.errors import from_wire
from chatcore.wire import frames as f
from tests.client.asked import Asked, pacing


def away() -> tuple[Away, Asked]:
    """Make one whose clock stands still at 0: time is what is passed in."""
    asked = Asked()
    return Away(asked.ask, pacing()), asked


def told(asked: Asked) -> list[bool]:
    """Return what was said."""
    return [request.away for request in asked.of(f.SetAway)]


def test_nothing_is_said_by_a_program_that_has_no_window_or_before_a_minute_is_over() -> None:
    one, asked = away()
    one.send_due(AWAY_AFTER * 10)
    assert one.next_due() is None

    one.window_active(False)
    one.window_active(False)
    one.send_due(AWAY_AFTER - 1)

    assert one.next_due() == AWAY_AFTER
    assert told(asked) == []


def test_it_is_said_once_and_taken_back_at_once() -> None:
    one, asked = away()
    one.window_active(False)
    one.send_due(AWAY_AFTER)
    one.send_due(AWAY_AFTER + 1)
    assert one.next_due() is None
    asked.answer(f.Noted(1))
    one.send_due(AWAY_AFTER * 2)
    assert one.next_due() is None

    one.window_active(True)
    due = one.next_due()
    one.send_due(AWAY_AFTER * 2)
    asked.answer(f.Noted(2))
    one.send_due(AWAY_AFTER * 9)

    assert due == 0
    assert told(asked) == [True, False]
    assert one.next_due() is None


def test_who_comes_back_before_the_answer_is_taken_back_after_it() -> None:
    one, asked = away()
    one.window_active(False)
    one.send_due(AWAY_AFTER)
    one.window_active(True)
    one.send_due(AWAY_AFTER)

    asked.answer(f.Noted(1))
    one.send_due(AWAY_AFTER)

    assert told(asked) == [True, False]


def test_with_another_connection_it_is_said_again() -> None:
    one, asked = away()
    one.window_active(False)
    one.send_due(AWAY_AFTER)
    asked.lose()
    one.connection_lost()

    one.send_due(AWAY_AFTER)

    assert told(asked) == [True, True]


def test_what_is_refused_for_now_is_said_later() -> None:
    one, asked = away()
    one.window_active(False)
    one.send_due(AWAY_AFTER)
    asked.answer(from_wire("busy", "later", wait_ms=round(AWAY_AFTER + 5) * 1000))

    one.send_due(AWAY_AFTER + 4)
    due = one.next_due()
    one.send_due(AWAY_AFTER + 5)

    assert due == AWAY_AFTER + 5
    assert told(asked) == [True, True]

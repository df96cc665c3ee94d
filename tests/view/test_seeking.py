"""Going to a place of the open conversation that is not here yet."""

from datetime import UTC, date

import attrs
import pytest

from chatcore import Insert, Item, ItemState, Unreachable
from chatcore.view.fetching import PAGE
from tests.view.at_desk import BOB, AtDesk, item, row

DAY_MS = 86_400_000
OLDER = ("older", BOB.conversation, PAGE)


def on_days(first: int, last: int, state: ItemState = ItemState.READ) -> list[Item]:
    """Messages of which each was sent a day after the one before it."""
    return [attrs.evolve(item(seq, state), at_ms=seq * DAY_MS) for seq in range(first, last + 1)]


def reading(first: int, last: int, unread: int = 0) -> AtDesk:
    """Somebody at the end of a conversation whose messages are here from `first` on."""
    at = AtDesk(row("bob", unread=unread, newest=last))
    at.open_with(*on_days(first, last, ItemState.UNREAD if unread else ItemState.READ))
    at.desk.talk.to_newest()
    at.draw()
    at.desk.talk._fetching._asking = None  # what was asked for because the top is near is no part of this
    at.asked.take()
    at.asked.answers.clear()
    return at


def come(at: AtDesk, first: int, last: int, state: ItemState = ItemState.READ) -> None:
    """Have the older messages come that were asked for."""
    at.desk.timeline_changed(BOB.conversation, [Insert(n, one) for n, one in enumerate(on_days(first, last, state))])
    at.asked.answer(None)


def test_the_beginning_is_gone_to_in_one_go_over_all_pages_and_the_view_stays_meanwhile() -> None:
    at = reading(401, 440)

    at.desk.talk.to_oldest()
    waiting = (at.asked.take(), at.draw(), at.desk.talk.jump_text)
    come(at, 201, 400)
    going_on = (at.asked.take(), at.draw())
    come(at, 1, 200)

    assert waiting == ([OLDER], [438, 439, 440], "↑ loading…")
    assert going_on == ([OLDER], [438, 439, 440])
    assert (at.draw(), at.desk.talk.jump_text) == ([1, 2, 3], "↓ newest")


def test_the_first_unread_message_is_gone_to_however_far_up_it_is() -> None:
    at = reading(401, 440, unread=1_000)
    at.desk.rows_changed([])

    at.desk.to_unread()
    come(at, 201, 400, ItemState.UNREAD)
    come(at, 1, 200)

    assert at.draw() == [201, 202, 203]


@pytest.mark.parametrize(("written", "seen"), [("1970-04-11", [100, 101, 102]), ("1.1.1969", [1, 2, 3])])
def test_a_day_is_gone_to(written: str, seen: list[int]) -> None:
    at = reading(201, 240)

    assert at.desk.to_day(written)
    come(at, 1, 200)

    assert at.draw() == seen


def test_a_day_that_is_here_is_gone_to_at_once_and_one_to_come_is_the_newest() -> None:
    at = reading(201, 240)

    at.desk.to_day("1970-08-01")
    here = at.draw()
    at.desk.to_day("2024-05-01")

    assert date(1970, 8, 1) == on_days(212, 212)[0].at.astimezone(UTC).date()
    assert (here, at.draw()[-1]) == ([212, 213, 214], 240)


def test_what_is_no_day_is_said_to_be_none() -> None:
    at = reading(201, 240)

    assert not at.desk.to_day("soon")
    assert at.said == "Which day? Such as 2026-05-31, 31.5. or yesterday."


def test_who_scrolls_meanwhile_stays_where_they_are() -> None:
    at = reading(201, 240)

    at.desk.talk.to_oldest()
    at.desk.talk.scroll(5)
    come(at, 1, 200)

    assert at.draw() == [233, 234, 235]


def test_where_the_connection_is_lost_meanwhile_nobody_is_led_away_later() -> None:
    at = reading(201, 240)

    at.desk.talk.to_oldest()
    at.asked.answer(Unreachable())
    before = at.desk.talk.jump_text
    at.desk.talk._fetched(at.desk.talk.view)  # type: ignore[arg-type]

    assert (before, at.draw()) == ("", [238, 239, 240])


def test_it_is_offered_to_go_to_what_is_unread_further_up_and_only_then() -> None:
    at = reading(401, 440, unread=1_000)

    above = at.desk.unread_text
    at.desk.talk.scroll(37)
    at.draw()
    below = at.desk.unread_text
    at.desk.to_unread()

    assert (above, below, at.desk.unread_text) == ("↑ 997 unread", "↑ 960 unread", "")

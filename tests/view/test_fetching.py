"""Having older messages fetched."""

from chatcore import Insert, Reset, Unreachable
from chatcore.view.conversation_view import ConversationView
from chatcore.view.fetching import PAGE, Fetching
from tests.view.at_desk import BOB, Asked, item

OLDER = ("older", BOB.conversation, PAGE)


class Reading:
    """Somebody who reads a conversation with Bob, of which messages from this seq on are here."""

    def __init__(self, first: int) -> None:
        self.asked = Asked()
        self.fetched: list[ConversationView] = []
        self.fetching = Fetching(self.asked, self.fetched.append)
        self.view = opened(first)


def opened(first: int) -> ConversationView:
    view = ConversationView(BOB.conversation, newest=9, unread=5, watching=True)
    view.apply([Reset((item(first), item(first + 1)))])
    return view


def test_one_page_is_asked_for_at_a_time() -> None:
    reading = Reading(50)

    coming = [reading.fetching.ask(reading.view) for _ in range(2)]

    assert (coming, reading.asked.take()) == ([True, True], [OLDER])


def test_the_next_one_is_asked_for_when_the_first_has_come() -> None:
    reading = Reading(50)
    reading.fetching.ask(reading.view)

    reading.view.apply([Insert(0, item(49))])
    reading.asked.answer(None)
    reading.fetching.ask(reading.view)

    assert (reading.fetched, reading.asked.take()) == ([reading.view], [OLDER, OLDER])


def test_nothing_is_above_the_first_message() -> None:
    reading = Reading(1)

    assert not reading.fetching.ask(reading.view)
    assert reading.asked.take() == []


def test_where_nothing_has_come_nothing_more_is_asked_for() -> None:
    reading = Reading(50)
    reading.fetching.ask(reading.view)

    reading.asked.answer(None)

    assert not reading.fetching.ask(reading.view)


def test_what_could_not_be_fetched_is_asked_for_again_and_no_longer_waited_for() -> None:
    reading = Reading(5)
    was_sought = reading.view.is_seeking
    reading.fetching.ask(reading.view)

    reading.asked.answer(Unreachable())

    assert (was_sought, reading.view.is_seeking, reading.fetched) == (True, False, [])
    assert reading.fetching.ask(reading.view)


def test_an_answer_about_a_conversation_that_was_left_says_nothing_of_the_next() -> None:
    reading = Reading(50)
    reading.fetching.ask(reading.view)
    reading.fetching.begin_anew()

    again = opened(50)
    reading.fetching.ask(again)
    reading.asked.answer(None)

    assert reading.fetched == []
    assert reading.fetching.ask(again)

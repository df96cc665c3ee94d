"""The open conversation at a desk: what is seen of it, what is fetched, and moving about."""

import pytest

from chatcore import ConnectionPhase, ConnectionState, Insert, Item, ItemState, Remove, Reset, Unreachable, Update
from chatcore.view.aim import LAG
from chatcore.view.conversation_view import key_of
from chatcore.view.fetching import PAGE
from chatcore.view.talk import NEAR_TOP
from tests.view.at_desk import ALL, BOB, CAROL, ONLINE, AtDesk, item, row

OFFLINE = ConnectionState(ConnectionPhase.OFFLINE, code="unreachable")


def items(count: int, first: int = 1, state: ItemState = ItemState.READ) -> tuple[Item, ...]:
    return tuple(item(seq, state) for seq in range(first, first + count))


def at_bob(*shown: Item) -> AtDesk:
    at = AtDesk(BOB, CAROL, ALL)
    at.open_with(*shown)
    at.asked.take()
    return at


# ---- what is seen


def test_what_was_drawn_is_told_as_visible_once() -> None:
    at = AtDesk(BOB)
    at.open_with(*items(9))

    at.draw()

    assert at.asked.take() == [("opened", "bob"), ("visible", "bob", (7, 8, 9))]


def test_nothing_is_visible_while_something_else_is_in_its_place() -> None:
    at = at_bob(*items(9))

    at.screen.shows_talk = False
    at.desk.drawn()

    assert at.asked.take() == [("visible", "bob", ())]


def test_what_has_changed_is_not_taken_for_seen_before_it_is_drawn() -> None:
    at = at_bob(*items(9, first=101))
    at.asked.take()

    at.desk.timeline_changed(BOB.conversation, [Insert(0, item(100)), Insert(0, item(99)), Remove(10)])
    at.desk.drawn()  # somebody looks away, say

    assert at.asked.take() == []


def test_changes_of_a_conversation_that_is_not_open_are_passed_over() -> None:
    at = at_bob(*items(2))

    at.desk.timeline_changed(CAROL.conversation, [Reset(())])

    assert at.draw() == [1, 2]


# ---- what an empty one says


@pytest.mark.parametrize(
    ("is_at_beginning", "state", "words"),
    [
        (True, ONLINE, "No messages yet. Write the first one."),
        (False, ONLINE, "Loading…"),
        (False, OFFLINE, "The messages come with the connection."),
        (True, OFFLINE, "No messages yet. Write the first one."),
    ],
)
def test_no_conversation_is_said_to_be_empty_unless_it_is_known(
    is_at_beginning: bool, state: ConnectionState, words: str
) -> None:
    at = AtDesk(BOB)
    at.asked.is_at_beginning = is_at_beginning
    at.desk.connection_changed(state)

    at.open_with()

    assert at.desk.talk.empty_text == words


def test_what_is_known_of_one_conversation_is_not_said_of_the_next() -> None:
    at = AtDesk(BOB, CAROL)
    at.asked.is_at_beginning = True
    at.open_with()

    at.desk.open(CAROL)

    assert at.desk.talk.empty_text == "Loading…"


# ---- older messages


def test_older_messages_are_asked_for_once_when_the_view_is_near_the_top() -> None:
    at = AtDesk(BOB)

    at.open_with(*items(NEAR_TOP, first=50))
    at.draw()

    assert ("older", "bob", PAGE) in at.asked.take()
    assert len(at.asked.answers) == 1


def test_none_are_asked_for_far_from_the_top() -> None:
    at = AtDesk(BOB)

    at.open_with(*items(NEAR_TOP + 10, first=50))

    assert at.asked.answers == []


def test_none_are_asked_for_above_the_first_one() -> None:
    at = AtDesk(BOB)

    at.open_with(*items(3))

    assert at.asked.answers == []


def test_none_are_asked_for_without_a_connection() -> None:
    at = AtDesk(BOB)
    at.desk.connection_changed(OFFLINE)

    at.open_with(*items(3, first=50))

    assert at.asked.answers == []


def test_none_are_asked_for_while_nobody_can_see_the_conversation() -> None:
    at = AtDesk(BOB)
    at.screen.shows_talk = False

    at.open_with(*items(3, first=50))

    assert at.asked.answers == []


def test_more_are_asked_for_while_there_is_room() -> None:
    at = at_bob(*items(3, first=50))

    at.desk.timeline_changed(BOB.conversation, [Insert(0, item(49))])
    at.asked.answer(None)
    at.draw()

    assert at.asked.take() == [("older", "bob", PAGE)]


def test_where_nothing_came_nothing_is_asked_for_again_until_all_is_loaded_anew() -> None:
    at = at_bob(*items(3, first=50))
    at.asked.answer(None)
    at.draw()
    after = at.asked.take()

    at.desk.timeline_changed(BOB.conversation, [Reset(items(3, first=50))])
    at.draw()

    assert after == []
    assert at.asked.take() == [("older", "bob", PAGE)]


def test_what_could_not_be_fetched_is_asked_for_with_the_next_drawing() -> None:
    at = at_bob(*items(3, first=50))

    at.asked.answer(Unreachable())
    at.draw()

    assert at.asked.take() == [("older", "bob", PAGE)]


def test_where_unread_messages_further_up_cannot_be_fetched_what_is_here_is_seen() -> None:
    at = AtDesk(row("bob", unread=4, newest=12))
    at.open_with(*items(2, first=11, state=ItemState.UNREAD))
    at.asked.take()

    at.asked.answer(Unreachable())
    at.draw()

    assert ("visible", "bob", (11, 12)) in at.asked.take()


def test_unread_messages_further_up_are_looked_for_before_anything_is_taken_for_seen() -> None:
    at = AtDesk(row("bob", unread=4, newest=12))
    at.open_with(*items(2, first=11, state=ItemState.UNREAD))

    told = at.asked.take()
    at.desk.timeline_changed(
        BOB.conversation, [Insert(0, item(seq, ItemState.UNREAD)) for seq in (10, 9)] + [Insert(0, item(8))]
    )
    at.asked.answer(None)

    assert told == [("opened", "bob"), ("older", "bob", PAGE), ("visible", "bob", ())]
    assert at.draw() == [9, 10, 11]


# ---- moving about


def test_a_page_leaves_two_lines_in_view() -> None:
    at = at_bob(*items(20))
    at.screen.height = 5

    at.desk.talk.page(1)

    assert at.draw() == [13, 14, 15, 16, 17]


def test_somebody_who_reads_older_messages_is_offered_the_way_to_the_newest() -> None:
    at = at_bob(*items(20))
    at.desk.talk.wheel(1)
    at.draw()
    before = at.desk.talk.jump_text

    at.desk.timeline_changed(BOB.conversation, [Insert(20, item(21, ItemState.UNREAD))])
    words = at.desk.talk.jump_text
    at.desk.talk.to_newest()

    assert (before, words, at.desk.talk.jump_text) == ("↓ newest", "↓ 1 new", "")
    assert at.draw() == [19, 20, 21]


def test_the_scrollbar_leads_to_a_place_between_the_first_message_and_the_last() -> None:
    at = at_bob(*items(20))

    at.desk.talk.to_place(0.5)

    assert at.draw() == [11, 12, 13]


def test_the_first_message_of_all_comes_into_view() -> None:
    at = at_bob(*items(20))

    at.desk.talk.to_oldest()

    assert at.draw() == [1, 2, 3]


def test_the_first_unread_message_comes_into_view_and_the_line_where_all_were_read() -> None:
    at = AtDesk(row("bob", unread=12, newest=20))
    at.open_with(*items(8), *items(12, 9, ItemState.UNREAD))

    at.desk.talk.to_newest()
    at.draw()
    at.desk.timeline_changed(BOB.conversation, [Update(8, item(9)), Update(9, item(10))])
    found = at.desk.talk.to_unread(10)
    unread = at.draw()
    at.desk.timeline_changed(BOB.conversation, [Update(seq - 1, item(seq)) for seq in range(11, 21)])
    at.desk.talk.to_newest()
    at.desk.talk.to_unread(0)

    assert (found, unread, at.draw()) == (True, [11, 12, 13], [9, 10, 11])


def test_where_none_is_unread_the_view_stays_and_that_is_said() -> None:
    at = at_bob(*items(20))
    at.desk.talk.to_oldest()
    before = at.draw()

    at.desk.to_unread()

    assert (at.draw(), at.said) == (before, "There are no unread messages here.")


def test_after_moving_about_a_press_means_what_is_there_now() -> None:
    at = at_bob(*items(20))
    at.seconds = 2 * LAG

    at.desk.talk.scroll(5)
    at.draw()

    assert at.desk.talk.place_at(0) == (12, 0)


# ---- picking and pressing


def test_picking_goes_up_from_the_end_and_keeps_the_picked_one_in_view() -> None:
    at = at_bob(*items(20))

    at.desk.talk.pick(5)

    assert at.desk.talk.chosen == item(16)
    assert 16 in at.draw()


def test_a_press_picks_a_message_and_another_one_lets_go_of_it() -> None:
    at = at_bob(*items(3))
    key = key_of(item(2))

    at.desk.talk.press(key)
    picked = at.desk.talk.chosen
    at.desk.talk.press(key)

    assert (picked, at.desk.talk.unpick()) == (item(2), False)


def test_a_press_means_the_message_that_stood_there_when_somebody_decided() -> None:
    at = at_bob(*items(3))
    at.seconds = 2 * LAG

    at.desk.timeline_changed(BOB.conversation, [Insert(3, item(4))])
    at.draw()
    at.seconds += LAG / 2
    meant = at.desk.talk.place_at(0)
    at.seconds += LAG
    later = at.desk.talk.place_at(0)

    assert (meant, later) == ((0, 0), (1, 0))


def test_after_what_the_person_did_to_the_messages_a_press_means_what_is_there_now() -> None:
    at = at_bob(*items(3))
    at.seconds = 2 * LAG

    at.desk.talk.expect()
    at.desk.timeline_changed(BOB.conversation, [Insert(3, item(4))])
    at.draw()

    assert at.desk.talk.place_at(0) == (1, 0)

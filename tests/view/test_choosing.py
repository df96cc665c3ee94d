"""Choosing a conversation at a desk."""

import attrs
import pytest

from chatcore import ConversationId, Insert, NotFound, Reset
from chatcore.view.aim import LAG
from chatcore.view.stack import Stack
from tests.view.at_desk import ALL, BOB, CAROL, DORA, AtDesk, row


def opened(at: AtDesk) -> object:
    return at.desk.conversation


def test_one_begins_in_the_list_with_its_first_row_marked() -> None:
    at = AtDesk(BOB, CAROL)

    assert at.desk.choosing.is_finding
    assert at.desk.choosing.aimed.marked == BOB


def test_the_mark_stays_on_top_while_the_list_comes_and_then_with_its_row() -> None:
    at = AtDesk()
    at.asked.is_complete = False
    at.desk.rows_changed([Reset((BOB,))])
    at.desk.rows_changed([Insert(0, CAROL)])
    while_it_comes = at.viewer.people.cursor

    at.asked.is_complete = True
    at.desk.tick()
    at.desk.rows_changed([Insert(0, DORA)])

    assert (while_it_comes, at.viewer.people.cursor) == ("carol", "carol")


def test_what_somebody_has_marked_stays_marked_while_the_list_comes() -> None:
    at = AtDesk()
    at.asked.is_complete = False
    at.desk.rows_changed([Reset((BOB, CAROL))])

    at.desk.choosing.move(1)
    at.desk.rows_changed([Insert(0, DORA)])

    assert at.viewer.people.cursor == "carol"


def test_the_marked_row_is_opened_and_the_keyboard_goes_where_one_writes() -> None:
    at = AtDesk(BOB, CAROL)

    at.desk.choosing.move(1)
    at.desk.choosing.choose()

    assert opened(at) == "carol"
    assert (at.desk.choosing.is_finding, at.screen.focused, at.screen.revealed) == (False, 1, "carol")


def test_a_part_of_a_name_is_sought_and_gone_when_one_was_found() -> None:
    at = AtDesk(BOB, CAROL, ALL)

    at.desk.choosing.find()
    at.desk.choosing.seek("aro")
    shown = [row.name for row in at.viewer.people.shown]
    at.desk.choosing.choose()

    assert (shown, opened(at)) == (["carol"], "carol")
    assert (at.viewer.people.sought, at.screen.sought) == ("", "")


def test_finding_begins_at_the_open_conversation() -> None:
    at = AtDesk(BOB, CAROL, DORA)
    at.desk.open(CAROL)

    at.desk.choosing.find()
    at.desk.choosing.move(1)

    assert at.desk.choosing.aimed.marked == DORA


def test_who_gives_up_finding_is_back_in_the_conversation() -> None:
    at = AtDesk(BOB, CAROL)
    at.desk.open(CAROL)
    at.desk.choosing.find("b")

    at.desk.choosing.end()

    assert (opened(at), at.desk.choosing.is_finding, at.viewer.people.cursor) == ("carol", False, "carol")


def test_where_no_conversation_is_open_one_is_still_to_be_chosen() -> None:
    at = AtDesk(BOB, CAROL)
    at.desk.choosing.find("car")

    at.desk.choosing.end()

    assert at.desk.choosing.is_finding
    assert len(at.viewer.people.shown) == 2


@pytest.mark.parametrize(("steps", "name"), [(1, "dora"), (-1, "bob")])
def test_a_step_opens_the_conversation_below_or_above(steps: int, name: str) -> None:
    at = AtDesk(BOB, CAROL, DORA)
    at.desk.open(CAROL)

    at.desk.choosing.step(steps)

    assert opened(at) == name


def test_a_place_is_counted_from_one_and_beyond_the_list_opens_nothing() -> None:
    at = AtDesk(BOB, CAROL)

    at.desk.choosing.open_place(2)
    at.desk.choosing.open_place(3)

    assert opened(at) == "carol"


def test_a_place_means_the_list_as_it_was_seen() -> None:
    at = AtDesk(BOB, CAROL)
    at.desk.choosing.drawn(Stack((BOB.conversation, CAROL.conversation), (0, 1, 2)))
    at.seconds = 2 * LAG
    at.desk.rows_changed([Insert(0, DORA)])
    at.desk.choosing.drawn(Stack((DORA.conversation, BOB.conversation), (0, 1, 2)))

    at.desk.choosing.press(1)

    assert opened(at) == "carol"


def test_where_the_list_cannot_be_seen_a_place_means_the_list_as_it_is() -> None:
    at = AtDesk(BOB, CAROL)
    at.desk.choosing.drawn(Stack((BOB.conversation, CAROL.conversation), (0, 1, 2)))
    at.seconds = 2 * LAG
    at.screen.shows_list = False
    at.desk.rows_changed([Insert(0, DORA)])

    at.desk.choosing.open_place(1)

    assert opened(at) == "dora"


def test_a_press_below_the_last_row_opens_nothing() -> None:
    at = AtDesk(BOB)
    at.desk.choosing.drawn(Stack((BOB.conversation,), (0, 1)))

    at.desk.choosing.press(1)

    assert opened(at) is None


def test_the_next_unread_conversation_is_opened_and_where_there_is_none_it_is_said() -> None:
    at = AtDesk(BOB, CAROL, DORA)

    at.desk.choosing.open_unread()
    first = opened(at)
    at.desk.choosing.open_unread()

    assert (first, at.said) == ("dora", "There are no unread messages elsewhere.")


def test_on_a_narrow_screen_what_was_seen_before_the_other_part_came_counts_no_more() -> None:
    at = AtDesk(BOB, CAROL)
    at.desk.choosing.drawn(Stack((BOB.conversation, CAROL.conversation), (0, 1, 2)))
    at.seconds = 2 * LAG
    at.screen.is_narrow = True
    at.desk.open(BOB)
    at.desk.choosing.drawn(Stack((BOB.conversation, CAROL.conversation), (0, 1, 2)))
    at.desk.rows_changed([Insert(0, DORA)])

    at.desk.choosing.end()

    assert at.desk.choosing.aimed.at(0) == DORA


def test_somebody_is_opened_by_their_name() -> None:
    at = AtDesk(BOB, CAROL)

    at.desk.choosing.open_named(" CAROL ")

    assert opened(at) == "carol"


def test_a_name_that_the_list_does_not_have_is_asked_for() -> None:
    at = AtDesk(BOB)

    at.desk.choosing.open_named("erin")
    asked = at.asked.take()
    at.asked.answer(ConversationId("with erin"), None)

    assert (asked, opened(at)) == ([("who", "erin")], "with erin")


def test_nothing_is_opened_under_the_hands_of_somebody_who_went_on_meanwhile() -> None:
    at = AtDesk(BOB)
    at.desk.choosing.open_named("erin")

    at.desk.open(BOB)
    at.asked.answer(ConversationId("with erin"), None)

    assert (opened(at), at.said) == ("bob", "erin was found: choose them in the list.")


def test_nor_where_another_name_is_sought_meanwhile() -> None:
    at = AtDesk(BOB)
    at.desk.choosing.open_named("erin")

    at.desk.choosing.seek("erina")
    at.asked.answer(ConversationId("with erin"), None)

    assert opened(at) is None


def test_a_name_that_is_nobody_s_is_told() -> None:
    at = AtDesk(BOB)

    at.desk.choosing.open_named("erin")
    at.asked.answer(None, NotFound())

    assert at.said == "erin: There is no such user, conversation or message."


def test_the_general_chat_is_opened_where_the_list_has_it() -> None:
    at = AtDesk(BOB)
    at.desk.choosing.open_general()
    before = opened(at)

    at.desk.rows_changed([Insert(1, ALL)])
    at.desk.choosing.open_general()

    assert (before, opened(at)) == (None, ALL.conversation)


def test_the_next_session_begins_with_an_empty_list_and_finder() -> None:
    at = AtDesk(BOB, row("bobby"))
    at.desk.choosing.find("bob")

    at.desk.choosing.begin()

    assert (at.viewer.people.rows, at.viewer.people.sought, at.screen.sought) == ([], "", "")


def test_where_several_have_a_name_one_of_them_is_chosen_in_the_list() -> None:
    at = AtDesk(BOB, attrs.evolve(CAROL, name="Ann", account="ann1"), attrs.evolve(DORA, name="Ann", account="ann2"))

    at.desk.choosing.open_named("Ann")

    assert (at.desk.conversation, at.screen.sought, at.asked.take()) == (None, "Ann", [])
    assert at.said == "Several are called Ann: choose one in the list."


def test_the_account_s_name_opens_one_of_them() -> None:
    at = AtDesk(BOB, attrs.evolve(CAROL, name="Ann", account="ann1"), attrs.evolve(DORA, name="Ann", account="ann2"))

    at.desk.choosing.open_named("@ann2")

    assert at.desk.conversation == DORA.conversation

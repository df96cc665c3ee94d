"""What is found in the list as it stood at one moment."""

import pytest

from chatcore import ConversationId, Row, UserId
from chatcore.view.sight import Sight
from chatcore.view.stack import Stack


def row(name: str, unread: int = 0) -> Row:
    return Row(ConversationId(name), name, UserId(name), unread=unread)


BOB, CAROL, DORA = ROWS = row("bob"), row("carol", unread=1), row("dora", unread=2)

NOBODY = ConversationId("nobody")


def test_the_first_row_is_marked_where_nobody_has_marked_one() -> None:
    assert (Sight(ROWS).marked, Sight(ROWS, NOBODY).marked, Sight().marked) == (BOB, BOB, None)


def test_the_row_of_the_cursor_is_marked() -> None:
    assert Sight(ROWS, DORA.conversation).marked == DORA


@pytest.mark.parametrize(("place", "found"), [(-1, None), (0, BOB), (2, DORA), (3, None)])
def test_at_a_place_stands_its_row_or_nothing(place: int, found: Row | None) -> None:
    assert Sight(ROWS).at(place) == found


@pytest.mark.parametrize(("height", "found"), [(0, None), (1, CAROL), (2, CAROL), (3, DORA), (5, None)])
def test_under_a_height_is_the_row_that_was_drawn_there(height: int, found: Row | None) -> None:
    view = Stack((CAROL.conversation, DORA.conversation), (1, 3, 5))

    assert Sight(ROWS, view=view).under(height) == found


def test_what_was_drawn_and_is_no_row_any_more_is_under_no_height() -> None:
    assert Sight(ROWS, view=Stack((NOBODY,), (0, 2))).under(1) is None


@pytest.mark.parametrize(
    ("of", "steps", "found"),
    [(BOB, 1, CAROL), (CAROL, -1, BOB), (BOB, -1, BOB), (CAROL, 9, DORA), (None, 1, BOB), (None, -1, DORA)],
)
def test_a_neighbour_is_so_many_steps_away_and_never_beyond_the_ends(of: Row | None, steps: int, found: Row) -> None:
    assert Sight(ROWS).neighbour(of.conversation if of else None, steps) == found


def test_an_empty_list_has_no_neighbours() -> None:
    assert (Sight().neighbour(None, 1), Sight().neighbour(NOBODY, -1)) == (None, None)


@pytest.mark.parametrize(("of", "found"), [(None, CAROL), (BOB, CAROL), (CAROL, DORA), (DORA, CAROL)])
def test_the_next_unread_row_is_below_and_goes_round_at_the_end(of: Row | None, found: Row) -> None:
    assert Sight(ROWS).next_unread(of.conversation if of else None) == found


def test_the_open_conversation_is_not_the_next_unread_one() -> None:
    assert Sight((BOB, CAROL)).next_unread(CAROL.conversation) is None

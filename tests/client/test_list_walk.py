"""The walk over the list: begun by each snapshot, gone on with after the last id, over with the last page."""

from chatcore import GENERAL
from chatcore.client.list_walk import ListWalk
from chatcore.client.wishes import WantTallies
from tests.client.replicas import WITH_BOB, tally


def test_before_the_first_snapshot_nothing_is_walked_and_the_list_is_not_here() -> None:
    walk = ListWalk()

    assert (walk.missing(), walk.is_over, walk.has_begun, walk.has_ended) == (None, False, False, False)


def test_it_goes_on_after_the_last_conversation_of_a_page() -> None:
    walk = ListWalk()

    walk.begin()
    first = walk.missing()
    walk.take([tally(WITH_BOB), tally(GENERAL)], more=True)

    assert (first, walk.missing(), walk.is_over) == (WantTallies(""), WantTallies(GENERAL), False)


def test_with_the_last_page_the_list_is_here() -> None:
    walk = ListWalk()

    walk.begin()
    walk.take([tally(GENERAL)], more=False)

    assert (walk.missing(), walk.is_over, walk.has_ended) == (None, True, True)


def test_an_empty_page_that_promises_more_ends_it_rather_than_going_round() -> None:
    walk = ListWalk()

    walk.begin()
    walk.take([], more=True)

    assert walk.missing() is None


def test_after_the_next_snapshot_the_list_is_walked_again_and_what_was_not_held_stays_known_as_empty() -> None:
    walk = ListWalk()
    walk.begin()
    walk.take([], more=False)

    walk.begin()
    first = walk.missing()
    walk.take([tally(GENERAL)], more=True)

    assert (first, walk.is_over, walk.has_ended) == (WantTallies(""), False, True)

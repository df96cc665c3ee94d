"""The people: who the user is, who is active, and what stands in a row beside the numbers."""

from chatcore import GENERAL, User
from chatcore.client.people import People
from chatcore.client.wishes import WantUsers
from chatcore.wire import frames as f
from tests.client.replicas import BOB, CAROL, ME, WITH_BOB, WITH_CAROL, tally


def known() -> People:
    people = People()
    people.enter(ME)
    people.take(f.Users(1, (ME, BOB), upto=2, more=False))
    return people


def test_a_row_has_the_name_and_the_status_of_the_partner() -> None:
    people = known()
    people.present([ME.id, BOB.id])

    row = people.row(tally(WITH_BOB, seq=3))

    assert row is not None
    assert (row.name, row.user, row.active, row.unread) == ("bob", BOB.id, True, 3)


def test_there_is_no_row_while_the_partner_is_not_known() -> None:
    assert known().row(tally(WITH_CAROL, seq=1)) is None


def test_the_general_chat_has_a_row_whoever_is_known() -> None:
    row = People().row(tally(GENERAL))

    assert row is not None
    assert (row.name, row.user) == (GENERAL, None)


def test_what_is_new_of_the_user_is_taken_over_and_told() -> None:
    people = known()

    renamed = User(ME.id, "renamed", ME.number, 3)
    learned = people.tell(renamed)

    assert (learned, people.me) == ([(renamed, "changed")], renamed)


def test_those_are_told_whose_status_is_new_but_not_the_user_and_nobody_unknown() -> None:
    people = known()

    assert people.present([ME.id, BOB.id, CAROL.id]) == [BOB]
    assert people.presence(f.PresenceEvent((), (CAROL.id,))) == []
    assert people.presence(f.PresenceEvent((), (BOB.id,))) == [BOB]
    assert not people.is_active(BOB.id)


def test_facts_that_were_heard_of_are_wanted() -> None:
    people = known()
    assert people.missing() is None

    people.directory.hear(5)

    assert people.missing() == WantUsers(2)


def test_who_leaves_leaves_nobody_behind() -> None:
    people = known()
    people.present([BOB.id])

    people.leave()

    assert (people.me, people.my_id, people.is_active(BOB.id), people.name_of(BOB.id)) == (None, "", False, BOB.id)

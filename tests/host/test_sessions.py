"""The connections that live, found by session and by user."""

from __future__ import annotations

import attrs

from chatcore import User, UserId
from chatcore.host.sessions import Sessions

ALICE, BOB = UserId("a" * 16), UserId("b" * 16)


@attrs.define(eq=False)
class Connection:
    """As much of a connection as is kept here."""

    name: str
    session: str = ""
    user: User | None = None


def logged_in(sessions: Sessions[Connection], session: str, user: UserId, name: str) -> Connection:
    """Bring a connection as far as it comes."""
    connection = Connection(name)
    sessions.add(connection)
    sessions.begin(connection, session)
    connection.user = User(user, user[0], 1, 1)
    sessions.enter(connection, user)
    return connection


def test_connections_are_found_by_session_and_by_user_in_the_order_in_which_they_came() -> None:
    sessions: Sessions[Connection] = Sessions()

    desk = logged_in(sessions, "one", ALICE, "desk")
    phone = logged_in(sessions, "two", ALICE, "phone")
    again = logged_in(sessions, "one", ALICE, "desk, again")
    bob = logged_in(sessions, "three", BOB, "bob")

    assert sessions.of_session("one") == (desk, again)
    assert list(sessions.by_user[ALICE]) == [desk, phone, again]
    assert list(sessions.everybody) == [desk, phone, again, bob]
    assert sessions.digests == ("one", "two", "three")


def test_a_connection_that_is_not_logged_in_lives_and_is_nobodys() -> None:
    sessions: Sessions[Connection] = Sessions()
    stranger = Connection("stranger")

    sessions.add(stranger)

    assert list(sessions) == [stranger]
    assert not sessions.everybody
    assert sessions.digests == ()


def test_a_connection_that_tries_another_session_leaves_the_former_one() -> None:
    sessions: Sessions[Connection] = Sessions()
    connection = Connection("tries")
    sessions.add(connection)

    sessions.begin(connection, "wrong")
    sessions.begin(connection, "right")

    assert sessions.of_session("wrong") == ()
    assert sessions.of_session("right") == (connection,)
    assert connection.session == "right"


def test_a_connection_whose_session_ended_while_it_was_checked_has_not_begun() -> None:
    sessions: Sessions[Connection] = Sessions()
    connection = Connection("late")
    sessions.begin(connection, "one")
    before = sessions.has_begun(connection)

    sessions.remove(connection)

    assert (before, sessions.has_begun(connection)) == (True, False)


def test_what_was_removed_is_nowhere_and_can_be_removed_again() -> None:
    sessions: Sessions[Connection] = Sessions()
    desk, phone = (logged_in(sessions, "one", ALICE, name) for name in ("desk", "phone"))

    sessions.remove(desk)
    sessions.remove(desk)
    left = list(sessions.by_user[ALICE])
    sessions.remove(phone)

    assert left == [phone]
    assert not any((list(sessions), sessions.everybody, sessions.by_user, sessions.digests))


def test_connections_can_be_removed_while_all_are_gone_through() -> None:
    sessions: Sessions[Connection] = Sessions()
    for name in ("desk", "phone", "tablet"):
        logged_in(sessions, "one", ALICE, name)

    for connection in sessions:
        sessions.remove(connection)

    assert list(sessions) == []


def test_a_session_is_entered_when_somebody_is_logged_in_on_one_of_its_connections() -> None:
    sessions: Sessions[Connection] = Sessions()
    beginning = Connection("beginning")
    sessions.add(beginning)
    sessions.begin(beginning, "to be stored")

    logged_in(sessions, "one", ALICE, "desk")
    logged_in(sessions, "one", ALICE, "again")

    assert sessions.entered == ("one",)
    assert set(sessions.digests) == {"one", "to be stored"}

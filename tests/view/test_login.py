"""The log-in: where Enter leads, what is sent, and what an answer does."""

from __future__ import annotations

import pytest

from chatcore import (
    BadFrame,
    ChatError,
    InvalidInvitation,
    InvalidName,
    InvitationNeeded,
    NameTaken,
    Unreachable,
    WeakPassword,
    WrongCredentials,
)
from chatcore.view.credentials import Credentials
from chatcore.view.language import ENGLISH
from chatcore.view.login import LogIn

SERVER = "ws://chat.example"


class AtLogIn:
    """Somebody before the form, in whatever frontend."""

    def __init__(self, server: str = SERVER, name: str = "alice", password: str = "", *, is_new: bool = False) -> None:
        self.fields = {"server": server, "name": name, "password": password, "invitation": ""}
        self.focused: str = "elsewhere"
        self.drawn = self.given_up = 0
        self.sent: list[Credentials] = []
        self.login = LogIn(self, ENGLISH, self.sent.append, self._give_up)
        self.login.begin(is_new=is_new)

    @property
    def written(self) -> tuple[str, str, str, str]:
        return self.fields["server"], self.fields["name"], self.fields["password"], self.fields["invitation"]

    def go_to(self, field: str) -> None:
        self.focused = field

    def redraw(self) -> None:
        self.drawn += 1

    def _give_up(self) -> None:
        self.given_up += 1

    def type(self, text: str) -> None:
        self.fields[self.focused] += text
        self.login.changed()

    def enter(self) -> None:
        self.login.enter(self.focused)

    @property
    def said(self) -> tuple[dict[str, str], str, bool]:
        return self.login.errors, self.login.message, self.login.is_wrong


@pytest.fixture
def at() -> AtLogIn:
    """Somebody who has filled everything in and pressed Enter."""
    at = AtLogIn(password="secret")
    at.enter()
    return at


# ---- the way through the form


@pytest.mark.parametrize(
    ("server", "name", "first"), [("", "", "server"), (SERVER, " ", "name"), (SERVER, "alice", "password")]
)
def test_it_begins_in_the_first_field_that_is_empty(server: str, name: str, first: str) -> None:
    assert AtLogIn(server, name).focused == first


def test_enter_leads_to_what_is_missing_and_then_sends_without_the_spaces_around_but_in_the_password() -> None:
    at = AtLogIn(f" {SERVER}", "")
    at.type("alice ")
    at.enter()
    then = at.focused, list(at.sent)

    at.type(" pass word ")
    at.enter()

    assert then == ("password", [])
    assert at.sent == [Credentials(SERVER, "alice", " pass word ", is_new=False)]
    assert at.said == ({}, "Logging in…", False)


def test_enter_in_any_field_sends_where_nothing_is_missing_behind_it() -> None:
    at = AtLogIn(password="secret")
    at.go_to("server")

    at.enter()

    assert len(at.sent) == 1


@pytest.mark.parametrize(
    ("server", "name", "password", "field", "sentence"),
    [
        ("http://x", "alice", "secret", "server", "An address begins with ws:// or wss:// and names a host."),
        (SERVER, " ", "secret", "name", "Under which name?"),
        (SERVER, "alice", "", "password", "The password is missing."),
    ],
)
def test_what_cannot_be_right_is_told_beside_its_field_where_the_keyboard_goes(
    server: str, name: str, password: str, field: str, sentence: str
) -> None:
    at = AtLogIn(server, name, password)

    at.login.send(is_new=False)

    assert (at.said, at.focused, at.sent) == (({field: sentence}, "", False), field, [])


def test_a_newcomer_registers_with_enter_and_logs_in_with_it_once_the_name_turns_out_to_be_taken() -> None:
    at = AtLogIn(password="secret", is_new=True)
    at.enter()
    said = at.said

    at.login.refused(NameTaken())
    told = at.said
    at.enter()

    assert said == ({}, "Registering…", False)
    assert told == ({"name": "Somebody has this name already."}, "Is it yours? Then choose Log in.", False)
    assert [credentials.is_new for credentials in at.sent] == [True, False]


# ---- while an answer is waited for


def test_nothing_is_sent_twice_while_an_answer_is_waited_for(at: AtLogIn) -> None:
    at.enter()
    at.login.send(is_new=True)

    assert (len(at.sent), at.login.is_busy) == (1, True)


def test_who_goes_on_writing_gives_up_the_try(at: AtLogIn) -> None:
    at.login.changed()  # nothing is another than it was
    before = at.given_up

    at.go_to("name")
    at.type("x")
    at.type("y")

    assert (before, at.given_up, at.login.is_busy, at.said) == (0, 1, False, ({}, "", False))


def test_without_a_server_it_is_said_and_enter_tries_anew_at_once(at: AtLogIn) -> None:
    at.login.cut_off("Cannot reach it.")
    said = at.said

    at.enter()

    assert said == ({"server": "Cannot reach it."}, "Trying again…", False)
    assert (len(at.sent), at.given_up, at.login.is_busy) == (2, 1, True)


def test_that_there_is_no_server_is_no_news_where_nothing_is_tried() -> None:
    at = AtLogIn()

    at.login.cut_off("Cannot reach it.")

    assert at.said == ({}, "", False)


# ---- what the answer does


@pytest.mark.parametrize(
    ("error", "field", "sentence"),
    [
        (NameTaken(field="name"), "name", "Somebody has this name already."),
        (InvalidName("no such letters"), "name", "This name cannot be used: a name has"),
        (WeakPassword(field="password"), "password", "A password has 8 to 128 characters."),
        (WrongCredentials(), "password", "The name or the password is wrong."),
        (Unreachable("cannot reach it: refused"), "server", "Cannot reach it: refused."),
    ],
)
def test_an_error_stands_beside_its_field_where_the_keyboard_goes(
    at: AtLogIn, error: ChatError, field: str, sentence: str
) -> None:
    at.login.refused(error)

    assert at.login.errors[field].startswith(sentence)
    assert (list(at.login.errors), at.focused, at.login.is_busy) == ([field], field, False)


def test_an_error_of_no_field_stands_at_the_bottom_and_moves_nothing(at: AtLogIn) -> None:
    at.login.refused(BadFrame())

    assert (at.login.errors, at.login.is_wrong, at.focused) == ({}, True, "password")
    assert at.login.message


def test_an_answer_takes_nobody_away_who_has_gone_elsewhere(at: AtLogIn) -> None:
    at.go_to("server")

    at.login.refused(WrongCredentials())

    assert (at.focused, list(at.login.errors)) == ("server", ["password"])


def test_why_it_is_asked_is_said_and_another_start_forgets_what_was_said_before(at: AtLogIn) -> None:
    at.login.begin("The session has ended.")

    assert (at.said, at.login.is_busy, at.login.is_new) == (({}, "The session has ended.", False), False, False)


# ---- an invitation


def test_the_code_is_asked_for_once_the_server_asks_and_enter_registers_with_it() -> None:
    at = AtLogIn(password="secret")
    at.login.send(is_new=True)
    before = at.login.asks_for_invitation

    at.login.refused(InvitationNeeded(field="invitation"))
    told, focused = at.login.errors, at.focused
    at.type(" 7kq2m ")
    at.enter()

    assert (before, at.login.asks_for_invitation, focused) == (False, True, "invitation")
    assert told == {"invitation": "One registers here by invitation: fill in the code that you were given."}
    assert at.sent[1] == Credentials(SERVER, "alice", "secret", is_new=True, invitation="7kq2m")
    assert "7kq2m" not in repr(at.sent)


def test_a_code_that_admits_nobody_stays_and_is_told_beside_it() -> None:
    at = AtLogIn(password="secret")
    at.login.send(is_new=True)
    at.login.refused(InvitationNeeded())
    at.type("wrong")
    at.enter()

    at.login.refused(InvalidInvitation())

    assert list(at.login.errors) == ["invitation"]
    assert at.login.errors["invitation"].startswith("This code admits nobody")
    assert (at.fields["invitation"], at.focused) == ("wrong", "invitation")


def test_who_logs_in_instead_needs_no_code_and_sends_none() -> None:
    at = AtLogIn(password="secret")
    at.login.send(is_new=True)
    at.login.refused(InvitationNeeded())
    at.type("7kq2m")

    at.login.send(is_new=False)

    assert at.sent[-1] == Credentials(SERVER, "alice", "secret", is_new=False)


def test_enter_leads_on_to_the_code_where_it_is_asked_for_and_nowhere_else() -> None:
    at = AtLogIn(password="secret")
    at.login.send(is_new=True)
    at.login.refused(InvitationNeeded())
    at.go_to("password")
    at.enter()
    asked = at.focused, len(at.sent)

    at.login.begin()
    at.go_to("password")
    at.enter()

    assert asked == ("invitation", 1)
    assert (at.login.asks_for_invitation, len(at.sent)) == (False, 2)


def test_where_no_code_was_asked_for_none_is_sent() -> None:
    at = AtLogIn(password="secret")
    at.fields["invitation"] = "of an earlier time"

    at.login.send(is_new=True)

    assert at.sent == [Credentials(SERVER, "alice", "secret", is_new=True)]

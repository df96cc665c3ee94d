"""Another password: where Enter leads, what is sent, and what an answer does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chatcore import Busy, ChatError, CommonPassword, NotAllowed, SlowDown, Unreachable, WeakPassword, WrongCredentials
from chatcore.view.language import ENGLISH
from chatcore.view.notices import Notices
from chatcore.view.password_change import PasswordChange
from chatcore.view.viewer import Viewer
from tests.view.at_desk import Asked

CHANGED = "Your password is changed. Everywhere else you are logged out."


class AtForm:
    """Somebody before the form, in whatever frontend."""

    def __init__(self, *, is_online: bool = True) -> None:
        self.fields = {"password": "old one", "new_password": "new one", "repeated": "new one"}
        self.focused, self.drawn, self.has_left = "password", 0, False
        self.asked, self.notices = Asked(), Notices(ENGLISH, lambda: None)
        viewer = Viewer(ENGLISH, lambda: datetime(2024, 5, 1, tzinfo=UTC))
        viewer.is_online = is_online
        self.change = PasswordChange(self, self.asked, self.notices, viewer)

    @property
    def written(self) -> tuple[str, str, str]:
        password, new, repeated = self.fields.values()
        return password, new, repeated

    def go_to(self, field: str) -> None:
        self.focused = field

    def redraw(self) -> None:
        self.drawn += 1

    def leave(self) -> None:
        self.has_left = True

    @property
    def said(self) -> tuple[dict[str, str], str, bool]:
        return self.change.errors, self.change.message, self.change.is_wrong


def test_enter_leads_from_field_to_field_and_from_the_last_one_it_sends() -> None:
    at, way = AtForm(), []
    for _ in range(3):
        way.append((at.focused, list(at.asked.calls)))
        at.change.enter(at.focused)

    assert way == [("password", []), ("new_password", []), ("repeated", [])]
    assert at.asked.take() == [("change password", "old one", "new one")]
    assert at.said == ({}, "Changing the password…", False)


def test_nothing_else_is_sent_before_the_answer_and_then_the_form_goes_and_the_chat_says_it() -> None:
    at = AtForm()
    at.change.send()
    at.change.send()
    at.asked.answer(None)

    assert len(at.asked.take()) == 1
    assert (at.has_left, at.notices.text) == (True, CHANGED)


@pytest.mark.parametrize(
    ("error", "field", "said"),
    [
        (WrongCredentials(), "password", "This is not your password."),
        (WrongCredentials(field="password"), "password", "This is not your password."),
        (WeakPassword(field="new_password"), "new_password", "A password has 8 to 128 characters."),
        (
            CommonPassword(),
            "new_password",
            "Many people have this password, or it is the name itself: take another one.",
        ),
        (NotAllowed(), None, "No password leads into this account."),
        (SlowDown(), None, "Too much in a short time: try again in a moment."),
        (Busy(), None, "The server is too busy at the moment."),
        (
            Unreachable(),
            None,
            "The connection broke before the answer came: your password is the old or the new one.",
        ),
    ],
)
def test_what_the_server_says_stands_at_its_field_and_another_try_can_be_made(
    error: ChatError, field: str | None, said: str
) -> None:
    at = AtForm()
    at.focused = "repeated"
    at.change.send()
    at.asked.answer(error)
    at.change.send()

    assert (at.has_left, at.notices.text) == (False, "")
    assert at.focused == (field or "repeated")
    assert len(at.asked.take()) == 2
    at.asked.answer(error)
    assert at.said == (({field: said}, "", False) if field else ({}, said, True))


@pytest.mark.parametrize("field", ["password", "new_password"])
def test_what_is_missing_is_asked_for_where_it_is_missing(field: str) -> None:
    at = AtForm()
    at.fields[field] = ""

    at.change.send()

    assert (at.focused, at.said, at.asked.take()) == (field, ({field: "The password is missing."}, "", False), [])


def test_what_is_mistyped_is_not_sent() -> None:
    at = AtForm()
    at.fields["repeated"] = "new On"

    at.change.send()

    assert at.said[0] == {"repeated": "This is not the same as the line above."}
    assert at.asked.take() == []


def test_without_a_connection_nothing_is_sent() -> None:
    at = AtForm(is_online=False)

    at.change.send()

    assert at.said == ({}, "There is no connection now: the password stays as it is.", True)
    assert at.asked.take() == []


@pytest.mark.parametrize(("error", "said"), [(None, CHANGED), (WrongCredentials(), "This is not your password.")])
def test_who_has_gone_back_to_the_chat_is_told_there_what_became_of_it(error: ChatError | None, said: str) -> None:
    at = AtForm()
    at.change.send()
    at.change.left()
    drawn = at.drawn
    at.asked.answer(error)

    assert (at.notices.text, at.has_left, at.drawn) == (said, False, drawn)

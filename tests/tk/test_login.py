"""The log-in in the window: what is filled in, what is shown, and where the keyboard is."""

import tkinter as tk

import pytest
from chatcore_tk.login import LogInPane
from chatcore_tk.look import Look

from chatcore import ChatError, InvalidName, InvitationNeeded, Unreachable, WrongCredentials
from chatcore.view.credentials import Credentials
from chatcore.view.language import ENGLISH

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

SERVER = "ws://chat.example"


class Form:
    """The form, and what was sent from it."""

    def __init__(self, root: tk.Tk, look: Look) -> None:
        self.root = root
        self.sent: list[Credentials] = []
        self.given_up = 0
        self.login = LogInPane(root, ENGLISH, look, self.sent.append, self._give_up)
        self.login.pack(fill="both", expand=True)
        root.update()

    def _give_up(self) -> None:
        self.given_up += 1

    def fill(self, server: str = SERVER, *, is_new: bool = False) -> None:
        self.login.begin(server, "alice", is_new=is_new)
        self.login.password.insert(0, "secret")
        self.root.update()

    def press(self, key: str) -> None:
        focused = self.root.focus_get()
        assert focused is not None
        focused.event_generate(key)
        self.root.update()

    @property
    def at(self) -> str:
        """Which field has the keyboard."""
        self.root.update()
        return next((name for name, field in self.login._fields.items() if field is self.root.focus_get()), "elsewhere")

    @property
    def said(self) -> dict[str, str]:
        """What is said beside which field, and in the message below."""
        self.root.update()
        labels = {**self.login._errors, "message": self.login._message}
        said = {name: str(label.cget("text")) for name, label in labels.items() if label.winfo_viewable()}
        return {name: text for name, text in said.items() if text}

    @property
    def can_send(self) -> bool:
        return not self.login.log_in_button.instate(["disabled"])


@pytest.fixture
def form(root: tk.Tk, look: Look) -> Form:
    return Form(root, look)


def test_the_keyboard_is_in_what_is_missing_and_enter_leads_on_and_sends(form: Form) -> None:
    form.login.begin(SERVER, "")
    at = [form.at]
    form.login.name.insert(0, "alice")
    form.press("<Return>")
    at.append(form.at)

    form.login.password.insert(0, "secret")
    form.press("<Return>")

    assert at == ["name", "password"]
    assert form.sent == [Credentials(SERVER, "alice", "secret", is_new=False)]


@pytest.mark.parametrize("is_new", [False, True])
def test_each_button_does_what_it_says_and_enter_what_the_one_that_stands_out_says(form: Form, *, is_new: bool) -> None:
    for act in (lambda: form.press("<Return>"), form.login.log_in_button.invoke, form.login.register_button.invoke):
        form.fill(is_new=is_new)
        act()

    assert [credentials.is_new for credentials in form.sent] == [is_new, False, True]


def test_what_cannot_be_right_is_told_beside_its_field_and_not_sent(form: Form) -> None:
    form.fill(server="chat.example")

    form.login.log_in_button.invoke()

    assert (list(form.said), form.at) == (["server"], "server")
    assert (form.sent, form.can_send) == ([], True)


def test_a_field_for_the_code_is_there_once_the_server_asks_for_one(form: Form) -> None:
    form.fill(is_new=True)
    form.press("<Return>")
    before = form.login.invitation.winfo_viewable()

    form.login.logic.refused(InvitationNeeded(field="invitation"))
    said, at, after = form.said, form.at, form.login.invitation.winfo_viewable()
    form.login.invitation.insert(0, "7KQ2M-X0V4D")
    form.press("<Return>")

    assert (before, after, at, list(said)) == (False, True, "invitation", ["invitation"])
    assert form.sent[1] == Credentials(SERVER, "alice", "secret", is_new=True, invitation="7KQ2M-X0V4D")
    tops = [field.winfo_rooty() for field in (form.login.password, form.login.invitation, form.login.log_in_button)]
    assert tops == sorted(tops)
    form.login.begin(SERVER, "alice")
    form.root.update()
    assert (form.login.invitation.winfo_viewable(), form.login.invitation.get()) == (False, "")


@pytest.mark.parametrize(
    ("error", "where"),
    [
        (Unreachable("nobody answers"), {"server"}),
        (InvalidName("no such letters"), {"name"}),
        (WrongCredentials("no"), {"password", "message"}),
        (ChatError("something else"), {"message"}),
    ],
)
def test_an_error_is_told_beside_its_field_and_everything_typed_stays(
    form: Form, error: ChatError, where: set[str]
) -> None:
    form.fill()
    form.login.log_in_button.invoke()
    waits = form.can_send, form.said

    form.login.logic.refused(error)

    assert (waits, form.can_send) == ((False, {"message": "Logging in…"}), True)
    assert form.said.keys() == where
    assert form.login.written == (SERVER, "alice", "secret", "")


def test_who_goes_on_writing_gives_up_what_is_being_tried(form: Form) -> None:
    form.fill()
    form.login.log_in_button.invoke()

    form.login.name.insert("end", "y")

    assert (form.given_up, form.can_send, form.said) == (1, True, {})


def test_nobody_can_read_the_password(form: Form) -> None:
    assert str(form.login.password.cget("show")) == "•"


def test_nothing_moves_aside_for_what_there_is_to_say(root: tk.Tk, look: Look) -> None:
    form = Form(root, look)
    form.fill()

    def places() -> list[tuple[int, int]]:
        root.update()
        login = form.login
        widgets = (login.name, login.password, login.log_in_button, login.register_button)
        return [(widget.winfo_rootx(), widget.winfo_width()) for widget in widgets]

    before = places()
    form.login.logic.refused(InvalidName("a name has 2 to 32 letters, digits, dots, hyphens and underscores " * 3))
    after = places()

    (name, wide), _, (log_in, one), (register, other) = before
    assert after == before
    assert (log_in, abs(one - other) <= 1) == (name, True)
    assert register + other == name + wide

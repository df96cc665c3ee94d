"""The log-in: what is filled in, and what is said about it."""

import tkinter as tk

import pytest
from chatcore_tk.login import LogIn
from chatcore_tk.look import Look

from chatcore import ChatError, InvalidName, NameTaken, Unreachable, WrongCredentials
from chatcore.view.credentials import Credentials
from chatcore.view.language import ENGLISH

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

SERVER = "ws://chat.example"


class Form:
    """The form, and what was sent from it."""

    def __init__(self, root: tk.Tk, look: Look) -> None:
        self.root = root
        self.sent: list[Credentials] = []
        self.login = LogIn(root, ENGLISH, look, self.sent.append)
        self.login.pack(fill="both", expand=True)
        root.update()

    def fill(self, server: str = SERVER, name: str = "alice", password: str = "secret") -> None:
        self.login.fill(server, name)
        self.login.password.insert(0, password)
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
        fields = {"server": self.login.server, "name": self.login.name, "password": self.login.password}
        return next((name for name, field in fields.items() if field is self.root.focus_get()), "elsewhere")

    @property
    def said(self) -> dict[str, str]:
        """What is said beside which field."""
        self.root.update()
        return {name: str(label.cget("text")) for name, label in self.login._errors.items() if label.winfo_viewable()}

    @property
    def can_send(self) -> bool:
        return not self.login.log_in_button.instate(["disabled"])


@pytest.fixture
def form(root: tk.Tk, look: Look) -> Form:
    return Form(root, look)


@pytest.mark.parametrize(
    ("server", "name", "at"), [("", "", "server"), (SERVER, "", "name"), (SERVER, "alice", "password")]
)
def test_the_keyboard_goes_to_the_first_field_that_is_empty(form: Form, server: str, name: str, at: str) -> None:
    form.login.fill(server, name)

    assert form.at == at


def test_enter_leads_on_to_what_is_missing_and_then_sends(form: Form) -> None:
    form.login.fill(SERVER, "")
    form.login.name.insert(0, "alice")
    form.press("<Return>")
    assert (form.at, form.sent) == ("password", [])

    form.login.password.insert(0, "secret")
    form.press("<Return>")

    assert form.sent == [Credentials(SERVER, "alice", "secret", is_new=False)]


def test_enter_registers_who_is_new_and_each_button_does_what_it_says(form: Form) -> None:
    form.login.fill(SERVER, "alice", is_new=True)
    form.login.password.insert(0, "secret")
    form.press("<Return>")
    form.login.enable()
    form.login.log_in_button.invoke()
    form.login.enable()
    form.login.register_button.invoke()

    assert [credentials.is_new for credentials in form.sent] == [True, False, True]


def test_what_cannot_be_right_is_told_beside_its_field_and_not_sent(form: Form) -> None:
    form.fill(server="chat.example")

    form.login.log_in_button.invoke()

    assert form.said.keys() == {"server"}
    assert (form.sent, form.can_send) == ([], True)


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (Unreachable("nobody answers"), "server"),
        (InvalidName("no such letters"), "name"),
        (WrongCredentials("no"), "password"),
        (ChatError("something else"), "form"),
    ],
)
def test_an_error_is_told_beside_its_field_and_everything_typed_stays(form: Form, error: ChatError, field: str) -> None:
    form.fill()
    form.login.log_in_button.invoke()
    waits = form.can_send

    form.login.refuse(error)

    assert (waits, form.can_send) == (False, True)
    assert field in form.said
    assert [form.login.server.get(), form.login.name.get(), form.login.password.get()] == [SERVER, "alice", "secret"]
    assert form.at == (field if field in {"server", "name"} else "password")


def test_who_has_an_account_is_told_to_log_in_which_enter_does_then(form: Form) -> None:
    form.login.fill(SERVER, "alice", is_new=True)
    form.login.password.insert(0, "secret")
    form.press("<Return>")

    form.login.refuse(NameTaken("taken"))
    advice = form.said["form"]
    form.login.password.focus_set()
    form.press("<Return>")

    assert advice == "Is it yours? Then choose Log in."
    assert [credentials.is_new for credentials in form.sent] == [True, False]


def test_who_goes_on_writing_gives_up_what_is_being_tried(form: Form) -> None:
    given_up: list[str] = []
    form.login.on_give_up = lambda: given_up.append("given up")
    form.fill()
    form.login.name.insert("end", "x")
    assert given_up == []

    form.login.log_in_button.invoke()
    form.login.name.insert("end", "y")
    form.login.name.insert("end", "z")

    assert (given_up, form.can_send) == (["given up"], True)


def test_an_answer_takes_the_keyboard_from_nobody_who_has_gone_elsewhere(form: Form) -> None:
    form.fill()
    form.login.password.focus_set()
    form.root.update()
    form.login.log_in_button.invoke()
    form.login.server.focus_set()
    form.root.update()

    form.login.refuse(InvalidName("no such letters"))

    assert form.at == "server"


def test_nobody_can_read_the_password(form: Form) -> None:
    assert str(form.login.password.cget("show")) == "•"

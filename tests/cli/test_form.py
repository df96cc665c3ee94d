"""A form: where the cursor goes, where errors stand, and what it hands on."""

from collections.abc import Iterator

import pytest
from chatcore_cli.form import Button, Field, Form
from prompt_toolkit.output import ColorDepth

from tests.cli.emulator import session


@pytest.fixture(autouse=True)
def on_terminal() -> Iterator[None]:
    with session(80, 24, ColorDepth.DEPTH_24_BIT):
        yield


def form(name: str = "", password: str = "") -> tuple[Form, Field, Field]:
    fields = Field("name", "Name", name), Field("password", "Password", password, is_secret=True)
    return Form("Who are you?", fields, [Button("Go on", lambda: None)], "Tab moves."), *fields


def place(asked: Form, field: Field) -> bool:
    """Whether the cursor is in a field."""
    return asked.app.layout.has_focus(field.buffer)


def test_a_name_is_taken_without_the_spaces_around_it_and_a_secret_with_each() -> None:
    _, name, password = form(" alice ", " pass word ")

    assert (name.value, password.value) == ("alice", " pass word ")


def test_the_cursor_begins_in_the_first_empty_field_else_on_the_first_button() -> None:
    asked, name, _ = form()
    assert place(asked, name)

    asked, _, password = form("alice")
    assert place(asked, password)

    asked, *fields = form("alice", "secret")
    assert not any(place(asked, field) for field in fields)


def test_an_error_stands_beside_its_field_and_takes_the_cursor_there() -> None:
    asked, name, password = form("alice")

    asked.blame("name", "Somebody has it.", "Take another one.")

    assert (name.error, password.error, asked.message, asked.is_wrong) == (
        "Somebody has it.",
        "",
        "Take another one.",
        False,
    )
    assert place(asked, name)


def test_who_has_gone_elsewhere_meanwhile_stays_there() -> None:
    asked, name, password = form("alice")

    asked.blame("name", "Somebody has it.", move=False)

    assert name.error
    assert place(asked, password)


@pytest.mark.parametrize("field", [None, "language"])
def test_an_error_of_no_field_that_is_there_stands_at_the_bottom(field: str | None) -> None:
    asked, name, _ = form()

    asked.blame(field, "The server is too busy.", "Wait.")

    assert (name.error, asked.message, asked.is_wrong) == ("", "The server is too busy.", True)


def test_what_goes_on_takes_the_place_of_every_error() -> None:
    asked, name, password = form()
    asked.blame("name", "Somebody has it.")

    asked.warn("password", "No answer.", "Trying again…")
    assert (name.error, password.error, asked.message) == ("", "No answer.", "Trying again…")

    asked.tell("")
    assert (password.error, asked.message) == ("", "")

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


def test_errors_stand_beside_their_fields_and_what_goes_on_below_them() -> None:
    asked, name, password = form("alice")

    asked.tell("Trying again…", {"name": "Somebody has it."})
    assert (name.error, password.error, asked.message, asked.is_wrong) == (
        "Somebody has it.",
        "",
        "Trying again…",
        False,
    )

    asked.tell("The server is too busy.", wrong=True)
    assert (name.error, asked.message, asked.is_wrong) == ("", "The server is too busy.", True)


def test_the_cursor_goes_where_it_is_sent() -> None:
    asked, name, password = form()
    at_first = place(asked, name)

    asked.focus("password")

    assert (at_first, place(asked, password)) == (True, True)

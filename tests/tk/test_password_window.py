"""Another password in the window: what is asked for, where errors stand, and what it leads to on a real server."""

import tkinter as tk
from pathlib import Path

import pytest
from chatcore_tk.look import Look

from chatcore import ConnectionPhase, WeakPassword
from chatcore.home.profiles import Profile
from chatcore.testing import ChatWorld
from tests.tk.at_keys import AtKeys
from tests.tk.here import PASSWORD, SERVER, seat
from tests.tk.pieces import row

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

NEW = "another horse battery"


@pytest.fixture
def at(root: tk.Tk, look: Look) -> AtKeys:
    opened = AtKeys(root, look, row("bob"))
    opened.actions.change_password()
    root.update()
    return opened


def fill(at: AtKeys, *texts: str) -> None:
    for field, text in zip(at.password.fields.values(), texts, strict=True):
        field.insert(0, text)
    at.root.update()


def said(at: AtKeys) -> dict[str, str]:
    """What is said at which field, and below them."""
    at.root.update()
    labels = {**at.password.errors, "message": at.password.message}
    return {name: str(label["text"]) for name, label in labels.items() if label.winfo_viewable() and label["text"]}


def is_open(at: AtKeys) -> bool:
    at.root.update()
    return at.password._window is not None


def test_what_is_written_is_never_shown_and_fits_the_window(at: AtKeys) -> None:
    window = at.password._window
    assert window is not None
    fill(at, PASSWORD, NEW, NEW)
    at.root.update()

    assert {str(field.cget("show")) for field in at.password.fields.values()} == {"•"}
    assert (window.title(), window.winfo_height()) == ("Change password", window.winfo_reqheight())
    assert all(button.winfo_viewable() for button in (at.password.button, *at.password.fields.values()))


def test_enter_goes_from_field_to_field_and_sends_and_the_answer_closes_it(at: AtKeys) -> None:
    at.password.fields["password"].focus_force()
    fill(at, PASSWORD, NEW, NEW)
    at.press("Return", "Return", "Return")
    asked, waits = at.asked.take(), (said(at), at.password.button.instate(["disabled"]))
    at.asked.answers[-1](None)

    assert ("change password", PASSWORD, NEW) in asked
    assert waits == ({"message": "Changing the password…"}, True)
    assert not is_open(at)
    assert at.screen.notice.sentence == "Your password is changed. Everywhere else you are logged out."


def test_an_error_stands_at_its_field_and_the_window_has_room_for_it(at: AtKeys) -> None:
    fill(at, PASSWORD, "short", "short")
    at.password.button.invoke()
    at.asked.answers[-1](WeakPassword(field="new_password"))
    shown = said(at)
    window = at.password._window
    assert window is not None

    assert shown == {"new_password": "A password has 8 to 128 characters."}
    assert window.winfo_height() == window.winfo_reqheight()
    assert not at.password.button.instate(["disabled"])


@pytest.mark.parametrize("key", ["Escape", ""])
def test_who_thinks_better_of_it_is_back_in_the_chat_and_finds_the_fields_empty_the_next_time(
    at: AtKeys, key: str
) -> None:
    fill(at, PASSWORD, NEW, NEW)
    window = at.password._window
    assert window is not None
    if key:
        at.password.fields["repeated"].event_generate(f"<{key}>")
    else:
        at.root.tk.call(*at.root.tk.splitlist(window.protocol("WM_DELETE_WINDOW")))
    closed = not is_open(at)
    at.actions.change_password()
    at.root.update()

    assert closed
    assert at.password.written == ("", "", "")
    assert not [call for call in at.asked.take() if call[0] == "change password"]


async def test_another_password_ends_all_other_sessions_and_leads_in_from_then_on(
    lasting_display: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", lasting_display)
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        phone = await world.client()
        await phone.log_in("alice", PASSWORD)
        async with seat(world, tmp_path, Profile(SERVER, "alice", alice.token)) as at:
            await at.settle()
            at.window.actions.change_password()
            at.root.update()
            wrong = at.window.password
            for field, text in zip(wrong.fields.values(), ("a wrong guess", NEW, NEW), strict=True):
                field.insert(0, text)
            wrong.button.invoke()
            await at.settle()
            first = {name: str(label["text"]) for name, label in wrong.errors.items() if label["text"]}
            wrong.fields["password"].delete(0, "end")
            wrong.fields["password"].insert(0, PASSWORD)
            wrong.button.invoke()
            await at.settle()

            assert first == {"password": "This is not your password."}
            assert at.window.screen.notice.sentence.startswith("Your password is changed.")
            assert at.window.desk.connection.phase is ConnectionPhase.ONLINE
        assert (phone.connection.phase, phone.connection.code) == (ConnectionPhase.LOGGED_OUT, "logged_out")
        await phone.log_in("alice", NEW)


async def test_a_session_that_ends_takes_the_window_with_it(
    lasting_display: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", lasting_display)
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with seat(world, tmp_path, Profile(SERVER, "alice", alice.token)) as at:
            await at.settle()
            at.window.actions.change_password()
            at.window.password.fields["password"].insert(0, PASSWORD)
            await at.log_out_elsewhere()
            at.window.show_login()
            at.root.update()

            assert at.window.password._window is None

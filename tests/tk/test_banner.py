"""The strips above and below the chat."""

import tkinter as tk
from tkinter import ttk

import pytest
from chatcore_tk.banner import Banner, Notice
from chatcore_tk.look import Look

from chatcore import ConnectionPhase, ConnectionState
from chatcore.view.language import ENGLISH

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


@pytest.fixture
def banner(root: tk.Tk, look: Look) -> Banner:
    made = Banner(root, ENGLISH, look)
    made.grid(sticky="ew")
    return made


def said(banner: Banner) -> str:
    banner.update()
    return str(banner._label.cget("text")) if banner.winfo_viewable() else ""


def test_it_says_why_there_is_no_connection_and_counts_down_to_the_next_try(banner: Banner) -> None:
    words = []
    for left in (5, 4, 3):
        banner.show(ConnectionState(ConnectionPhase.OFFLINE, 5.0, "no server answers", "unreachable"), left)
        words.append(said(banner))

    assert [sentence.split(".")[0] for sentence in words] == [
        f"Offline: trying again in {left} s" for left in (5, 4, 3)
    ]
    assert len({sentence.partition(". ")[2] for sentence in words} - {""}) == 1


def test_every_sentence_begins_with_a_capital(banner: Banner) -> None:
    banner.show(ConnectionState(ConnectionPhase.CONNECTING), None, "as of 14:05")

    assert said(banner) == "Connecting… · as of 14:05"


def test_it_is_gone_while_all_is_well(banner: Banner) -> None:
    banner.show(ConnectionState(ConnectionPhase.OFFLINE, 5.0), 5.0)
    assert said(banner)

    banner.hide()

    assert said(banner) == ""


def test_where_the_session_has_ended_and_only_there_one_can_log_in_again(banner: Banner) -> None:
    pressed: list[str] = []
    banner.button.configure(command=lambda: pressed.append("log in"))
    shown = []
    for phase in (ConnectionPhase.CONNECTING, ConnectionPhase.LOGGED_OUT, ConnectionPhase.CONNECTING):
        banner.show(ConnectionState(phase), None)
        banner.update()
        shown.append(bool(banner.button.winfo_viewable()))
        if shown[-1]:
            banner.button.focus_force()
            banner.button.event_generate("<Return>")

    assert (shown, pressed) == ([False, True, False], ["log in"])


@pytest.fixture
def notice(root: tk.Tk, look: Look) -> Notice:
    made = Notice(root, look)
    made.grid(sticky="ew")
    return made


def test_a_notice_is_there_while_there_is_something_to_say(notice: Notice) -> None:
    notice.show("something went wrong")
    notice.update()
    seen = notice.sentence, bool(notice.winfo_viewable())

    notice.show("")
    notice.update()

    assert seen == ("something went wrong", True)
    assert (notice.sentence, bool(notice.winfo_viewable())) == ("", False)


def test_a_press_on_a_notice_is_told(notice: Notice) -> None:
    pressed: list[str] = []
    notice.on_press = lambda: pressed.append("gone")
    notice.show("something went wrong")
    notice.update()

    notice._label.event_generate("<Button-1>")

    assert pressed == ["gone"]


def test_while_the_next_try_is_waited_for_one_can_try_at_once(banner: Banner) -> None:
    banner.show(ConnectionState(ConnectionPhase.OFFLINE, 5.0), 5.0)
    banner.update()
    waiting = banner.button.winfo_viewable(), banner.button.cget("text")
    banner.show(ConnectionState(ConnectionPhase.LOGGED_OUT), None)
    ended = banner.button.cget("text")
    banner.show(ConnectionState(ConnectionPhase.CONNECTING), None)
    banner.update()

    assert (waiting, ended, banner.button.winfo_viewable()) == ((1, "Try now"), "Log in", 0)


def test_only_trouble_has_the_colour_of_that(notice: Notice, look: Look) -> None:
    colours = []
    for is_trouble in (True, False):
        notice.show("something", is_trouble=is_trouble)
        style = str(notice._label.cget("style"))
        colours.append(str(ttk.Style(notice).lookup(style, "foreground")))

    assert colours == [look.palette.danger, look.palette.text]

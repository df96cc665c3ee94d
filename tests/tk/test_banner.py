"""The strips above and below the chat."""

import tkinter as tk

import pytest
from chatcore_tk.banner import Banner, Notice
from chatcore_tk.look import Look

from chatcore import ConnectionPhase, ConnectionState
from chatcore.testing import VirtualClock
from chatcore.view.language import ENGLISH

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def banner(root: tk.Tk, look: Look, clock: VirtualClock) -> Banner:
    made = Banner(root, ENGLISH, look, clock.monotonic)
    made.grid(sticky="ew")
    return made


def said(banner: Banner) -> str:
    banner.update()
    return str(banner._label.cget("text")) if banner.winfo_viewable() else ""


def test_it_says_why_there_is_no_connection_and_counts_down_to_the_next_try(
    banner: Banner, clock: VirtualClock
) -> None:
    banner.tell(ConnectionState(ConnectionPhase.OFFLINE, 5.0, "no server answers", "unreachable"))
    words = [said(banner)]
    for _ in range(2):
        clock.elapse(1)
        banner.tick()
        words.append(said(banner))

    assert [sentence.split(".")[0] for sentence in words] == [
        f"Offline: trying again in {left} s" for left in (5, 4, 3)
    ]
    assert len({sentence.partition(". ")[2] for sentence in words} - {""}) == 1


def test_it_is_gone_while_all_is_well(banner: Banner) -> None:
    banner.tell(ConnectionState(ConnectionPhase.OFFLINE, 5.0))
    assert said(banner)

    banner.tell(ConnectionState(ConnectionPhase.ONLINE))
    banner.tick()

    assert said(banner) == ""


def test_where_the_session_has_ended_and_only_there_one_can_log_in_again(banner: Banner) -> None:
    pressed: list[str] = []
    banner.button.configure(command=lambda: pressed.append("log in"))
    shown = []
    for phase in (ConnectionPhase.CONNECTING, ConnectionPhase.LOGGED_OUT, ConnectionPhase.CONNECTING):
        banner.tell(ConnectionState(phase))
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


def test_a_notice_stays_until_somebody_presses_it(notice: Notice) -> None:
    notice.say("something went wrong")
    notice.update()
    seen = notice.sentence, bool(notice.winfo_viewable())

    notice._label.event_generate("<Button-1>")
    notice.update()

    assert seen == ("something went wrong", True)
    assert (notice.sentence, bool(notice.winfo_viewable())) == ("", False)


def test_what_is_said_takes_the_place_of_what_was_and_what_is_added_stands_below_it_once(notice: Notice) -> None:
    notice.say("first")
    notice.say("one")
    for sentence in ("two", "one", "two"):
        notice.add(sentence)

    assert notice.sentence == "one\ntwo"

"""The strip that offers to start a server, and who looks for one and starts it."""

import socket
import tkinter as tk
from pathlib import Path
from tkinter import ttk

import pytest
from chatcore_tk.look import Look
from chatcore_tk.offer import Offer
from chatcore_tk.starter import Starter

from chatcore.adapters.system import SystemClock
from chatcore.home import local_server
from chatcore.view.language import ENGLISH
from tests.tk.here import Here
from tests.waiting import until

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> str:
    """The default address, where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"ws://127.0.0.1:{taken.getsockname()[1]}"
    monkeypatch.setattr(local_server, "DEFAULT_SERVER", address)
    return address


class Strip:
    """A window with something in it, and the strip above it."""

    def __init__(self, root: tk.Tk, look: Look, log: Path) -> None:
        self.root = root
        self.entry = ttk.Entry(root)
        self.entry.pack(fill="both", expand=True)
        self.network, self.ended = Here(), 0
        self.starter = Starter(self.network, self.network.hand_over, SystemClock(), log)
        self.offer = Offer(root, ENGLISH, look, self.starter)
        self.offer.on_end = self._end
        root.update()

    @property
    def said(self) -> str:
        self.root.update()
        return str(self.offer.label.cget("text")) if self.offer.winfo_viewable() else ""

    def _end(self) -> None:
        self.ended += 1


@pytest.fixture
async def strip(root: tk.Tk, look: Look, tmp_path: Path, nowhere: str) -> Strip:
    """The strip while it offers a server, whose log could not be written."""
    (tmp_path / "a file").touch()
    made = Strip(root, look, tmp_path / "a file" / "server.log")
    made.offer.look(nowhere)
    await until(lambda: made.said)
    return made


async def test_a_server_is_offered_where_none_listens_until_one_is_found(strip: Strip, nowhere: str) -> None:
    said = strip.said
    above = strip.offer.winfo_y() < strip.entry.winfo_y()

    strip.offer.withdraw()
    strip.offer.withdraw()

    assert said.startswith(f"No server listens at {nowhere}.")
    assert above
    assert (strip.said, strip.ended) == ("", 0)


async def test_who_goes_on_without_is_put_where_the_keyboard_is_of_use(strip: Strip) -> None:
    strip.offer._leave_button.focus_force()
    strip.root.update()

    strip.offer._leave_button.event_generate("<Return>")

    assert (strip.said, strip.ended) == ("", 1)


async def test_why_a_server_cannot_be_started_is_told_in_the_strip_and_one_can_try_again(strip: Strip) -> None:
    strip.offer.start_button.invoke()
    while_it_starts = strip.said, strip.offer.start_button.instate(["disabled"])
    await until(lambda: strip.said != "Starting…")

    assert while_it_starts == ("Starting…", True)
    assert "a file" in strip.said
    assert strip.offer.start_button.instate(["!disabled"])


async def test_buttons_stand_below_the_sentence_where_it_is_narrow(strip: Strip) -> None:
    below = []
    for width in (900, 300):
        strip.root.geometry(f"{width}x400")
        strip.root.update()
        strip.root.update()
        middle = strip.offer.label.winfo_y() + strip.offer.label.winfo_height() // 2
        below.append(strip.offer.start_button.winfo_y() > middle)

    assert below == [False, True]

"""The window put together."""

import gc
import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

import pytest
from chatcore_tk.app import NoDisplay, Options, make_root, make_window
from chatcore_tk.bridge import Bridge
from chatcore_tk.network import Network
from chatcore_tk.window import Window

from chatcore.adapters.system import SystemClock
from chatcore.view.language import load
from tests.tk.pieces import let_go_of_styles

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


@pytest.fixture
def window(lasting_display: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Window]:
    """The program's window, with all that belongs to it."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("DISPLAY", lasting_display)
    gc.collect()  # the network's thread would find windows of earlier tests, and wait for this one
    network, root = Network(), make_root()
    bridge = Bridge(root, SystemClock().monotonic)
    options = Options(server="ws://127.0.0.1:1", user="alice", language=load("pl"), allow_plaintext=False)
    made = make_window(root, bridge, network, options)
    network.start()
    bridge.open()
    yield made
    made.end()
    network.stop()
    let_go_of_styles()


def test_it_opens_at_the_log_in_with_what_the_command_line_says(window: Window, tmp_path: Path) -> None:
    window.root.update()

    assert window.login.winfo_viewable()
    assert (window.login.server.get(), window.login.name.get()) == ("ws://127.0.0.1:1", "alice")
    assert window.login.log_in_button.cget("text") == "Zaloguj się"
    assert window.root.title() == "chatcore"

    window.end()
    assert (tmp_path / "chatcore" / "window.json").exists()


def test_without_a_display_it_says_so(lasting_display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", f"{lasting_display}9999")

    with pytest.raises(NoDisplay):
        make_root()


def test_a_window_is_known_to_the_system_by_its_program(root: tk.Tk) -> None:
    assert (root.title(), root.winfo_class()) == ("chatcore", "Chatcore")

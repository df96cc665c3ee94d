"""The composition root: puts the window together with the library, the clock and the files."""

from __future__ import annotations

import gc
import sys
import time
import tkinter as tk
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial

import attrs

from chatcore.adapters.system import SystemClock
from chatcore.home.entry import Entry
from chatcore.home.zone import LocalZone
from chatcore.process.folders import config_folder, state_folder
from chatcore.process.signals import ENDS, HANGUP, INTERRUPT, caught
from chatcore.view.language import Language
from chatcore.view.viewer import Viewer

from .beat import Beat
from .bridge import Bridge
from .curtain import Curtain
from .fonts import Fonts
from .line import Line
from .look import Look
from .network import Network
from .pictures import Pictures
from .rounded import round_corners
from .settings import SettingsFile, read
from .sheet import prepare
from .starter import Starter
from .system_look import ask_system
from .theme import Theme
from .window import Window

USUAL_SCALING = 96 / 72
"""Pixels per point on a screen of 96 dots per inch."""


class NoDisplay(Exception):
    """Tk cannot open a window."""


@attrs.frozen(kw_only=True)
class Options:
    """What the command line says."""

    server: str | None
    user: str | None
    language: Language
    allow_plaintext: bool
    pin: str | None = None


def run(options: Options) -> None:
    """Show the window until it is closed. Raises NoHome and NoDisplay."""
    config_folder(), state_folder()
    network = Network()
    root = make_root()
    bridge = Bridge(root, time.monotonic)
    window = make_window(root, bridge, network, options)
    stay_smooth()
    network.start()
    bridge.open()
    try:
        with ended_by_signals(window, bridge):
            root.mainloop()
    finally:
        network.stop()


def ended_by_signals(window: Window, bridge: Bridge) -> AbstractContextManager[None]:
    """Have the window end at once at the signals that ask for it while in the block; the bridge must be open."""
    return caught((*ENDS, INTERRUPT, HANGUP), lambda: bridge.hand_over(window.end), bridge.waker)


def stay_smooth() -> None:
    """Keep Python from stopping the window for so long that somebody notices.

    A thread that waits for Python's lock gets it after 1 ms instead of 5: the network's may be at work on a long page.
    With a long history held, the collector's greatest sweep takes 50 ms and finds next to nothing; it passes over what
    is there by now, and looks for garbage from now on.
    """
    sys.setswitchinterval(0.001)
    gc.freeze()
    gc.set_threshold(20_000, 20, 1_000)
    gc.enable()


def make_root() -> tk.Tk:
    """Open an empty window. Raises NoDisplay."""
    try:
        root = tk.Tk(className="Chatcore")
    except tk.TclError as error:
        raise NoDisplay(str(error)) from error
    root.title("chatcore")
    prepare(root)
    return root


def make_window(root: tk.Tk, bridge: Bridge, network: Network, options: Options) -> Window:
    """Fill the window."""
    file = SettingsFile(config_folder() / "window.json")
    settings, trouble = read(file, options.language)
    scale = float(root.tk.call("tk", "scaling")) / USUAL_SCALING
    fonts = Fonts(root, settings.size)
    theme = Theme(root, dark=settings.dark)
    look = Look(theme, fonts, Pictures(root), scale)
    round_corners(root, look)
    entry = Entry(options.language, allow_plaintext=options.allow_plaintext, pin=options.pin, program="window")
    window = Window(
        root,
        line=Line(network, entry.client, bridge.hand_over, SystemClock()),
        starter=Starter(network, bridge.hand_over, SystemClock(), state_folder() / "server.log"),
        look=look,
        viewer=Viewer(options.language, partial(datetime.now, LocalZone())),
        monotonic=time.monotonic,
        entry=entry,
        settings_file=file,
    )
    window.on_filled = Curtain(root, theme).open
    beat = Beat(network, bridge.hand_over, SystemClock())

    def follow(is_dark: bool) -> None:
        if is_dark != theme.palette.is_dark and not window.state.settings.has_own_look:
            theme.use(dark=is_dark)

    def begin() -> None:
        window.begin(settings, options.server, options.user, trouble)
        if not settings.has_own_look:
            ask_system(lambda is_dark: bridge.hand_over(partial(follow, is_dark)))
        beat.start(window.tick)

    root.after_idle(begin)
    return window

"""A display, a server process, and windows for the tests of the desktop client."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.desktop import CHAT, Window, screen, window
from tests.tk.pieces import let_go_of_styles

if TYPE_CHECKING:  # this file is read where there is no tkinter, too
    import tkinter as tk

    from chatcore_tk.look import Look

# Most of these import tkinter. Where Python has none, `make test` names the package.
collect_ignore_glob = [] if find_spec("_tkinter") else ["test_*.py"]

Open = Callable[..., Awaitable[Window]]


@pytest.fixture
async def display() -> AsyncIterator[str]:
    async with screen() as name:
        yield name


@pytest.fixture(scope="session")
def lasting_display() -> str:
    """A display for windows in this process: Tk keeps its connection to the end of the process, and so does this."""
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    options = ("-displayfd", str(writing), "-screen", "0", "1500x1000x24", "-nolisten", "tcp", "-dpi", "96")
    # -terminate: it ends by itself when this process, its only client, has gone.
    silence = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    os.posix_spawnp("Xvfb", ["Xvfb", "-terminate", *options], os.environ, file_actions=silence)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        return f":{pipe.readline().strip()}"


@pytest.fixture(scope="module", autouse=True)
def _windows_end_in_their_own_thread() -> Iterator[None]:
    """Take away what is left of the windows of a module: another thread that does it waits for Tk, or ends it all."""
    yield
    gc.collect()


@pytest.fixture
def root(lasting_display: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tk.Tk]:
    """An empty window of 600 by 400 pixels in this process, with the keyboard."""
    from chatcore_tk.app import make_root

    monkeypatch.setenv("DISPLAY", lasting_display)
    made = make_root()
    made.geometry("600x400")
    made.update()
    made.focus_force()
    made.update()
    yield made
    made.update()  # what is still to be done would be done without a window
    made.destroy()
    let_go_of_styles()


@pytest.fixture
def look(root: tk.Tk) -> Look:
    """The light look of the window, in pixels as designed."""
    from chatcore_tk.fonts import USUAL, Fonts
    from chatcore_tk.look import Look
    from chatcore_tk.pictures import Pictures
    from chatcore_tk.theme import Theme

    return Look(Theme(root, dark=False), Fonts(root, USUAL), Pictures(root), 1.0)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with ServerProcess(tmp_path / "chat.db") as running:
        yield running


@pytest.fixture
async def open_window(display: str, server: ServerProcess, tmp_path: Path) -> AsyncIterator[Open]:
    """Open windows by name of the user, logged in; with `register=None` only opened."""
    async with AsyncExitStack() as stack:

        async def open_(name: str, *, register: bool | None = True, lang: str = "en") -> Window:
            opened = await stack.enter_async_context(window(display, tmp_path / name, server.url, lang=lang))
            if register is not None:
                await opened.enter(name, register=register)
                await opened.until(
                    lambda seen: seen["rows"] and seen["status"] in {"online", "połączono"} and seen["keyboard"] in CHAT
                )
            return opened

        yield open_

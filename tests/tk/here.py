"""The window in the test's own process and thread, over a world on virtual time: nothing happens between two steps."""

from __future__ import annotations

import asyncio
import tkinter as tk
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from chatcore_tk.app import make_root
from chatcore_tk.fonts import Fonts
from chatcore_tk.line import Line
from chatcore_tk.look import Look
from chatcore_tk.network import Network
from chatcore_tk.pictures import Pictures
from chatcore_tk.settings import Settings, SettingsFile
from chatcore_tk.starter import Starter
from chatcore_tk.theme import Theme
from chatcore_tk.window import Window

from chatcore import ChatClient, Token
from chatcore.home.entry import Entry
from chatcore.home.profiles import Profile
from chatcore.testing import ChatWorld, VirtualClock
from chatcore.view.language import ENGLISH
from chatcore.view.viewer import Viewer
from tests.tk.pieces import let_go_of_styles

SERVER = "ws://127.0.0.1:1"
"""Stands in the form; whoever dials gets the world's server."""

PASSWORD = "correct horse battery"


class Here(Network):
    """The network's side in the loop of the test."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()

    def hand_over(self, call: Callable[[], None]) -> None:
        """Have a call made in the window's thread, which is this one."""
        self._loop.call_soon(call)

    async def end(self) -> None:
        """End what runs."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Seat:
    """Somebody before the window. Its clock stands still until they let it go on."""

    def __init__(self, world: ChatWorld, root: tk.Tk, window: Window, clock: VirtualClock) -> None:
        self.world, self.root, self.window, self.clock = world, root, window, clock

    async def settle(self, seconds: float = 3.0) -> None:
        """Let everything happen that is under way, and have it drawn."""
        for _ in range(3):
            await self.world.settle(seconds)
            self.root.update()

    async def type(self, text: str) -> None:
        """Type a text to where the keyboard is."""
        for letter in text:
            self._press({" ": "space", "-": "minus"}.get(letter, letter))
        await self.settle(0)

    async def key(self, *names: str) -> None:
        """Press keys, as Tk names them: `Return`, `Control-Key-1`."""
        for name in names:
            self.focused.event_generate(f"<{name}>")
            self.root.update()
        await self.settle(0)

    async def click(self, widget: tk.Misc, x: int, y: int) -> None:
        """Press the left button there."""
        widget.event_generate("<ButtonPress-1>", x=x, y=y)
        widget.event_generate("<ButtonRelease-1>", x=x, y=y)
        await self.settle(0)

    async def enter(self, name: str, *, register: bool = False) -> None:
        """Fill in the form and send it."""
        login = self.window.login
        login.name.focus_force()
        login.name.delete(0, "end")
        await self.type(name)
        login.password.focus_force()
        await self.type(PASSWORD)
        (login.register_button if register else login.log_in_button).invoke()
        await self.settle()

    async def log_out_elsewhere(self) -> None:
        """End the session from another program."""
        profile = self.window._entry.find().profile
        assert profile.token is not None
        other = await self.world.client(Token(profile.token))
        await self.world.settle()
        await other.log_out()
        await self.settle()

    async def start_again(self) -> None:
        """Begin as the next start of the program does, with what was remembered."""
        self.window._note_opened()
        self.window.state.save()
        profile = self.window._entry.find().profile
        self.window.state.settings = self.window.state._file.load()
        self.window.resume(profile)
        self.root.update()

    async def open(self, name: str) -> None:
        """Open a conversation with the keyboard."""
        await self.key("Control-f")
        await self.type(name)
        await self.key("Return")
        await self.settle()

    @property
    def focused(self) -> tk.Misc:
        """Where the keyboard is."""
        focused = self.root.focus_get()
        assert focused is not None
        return focused

    @property
    def opened(self) -> str:
        """Whose conversation is open."""
        return str(self.window.screen.name.cget("text"))

    @property
    def rows(self) -> list[str]:
        """The names in the list, as they were drawn."""
        return [row.name for row in self.window.screen.roster.list.shown]

    def middle_of(self, name: str) -> int:
        """How far down in the list a row stands."""
        roster = self.window.screen.roster
        return self.rows.index(name) * roster.row_height + roster.row_height // 2 - roster._top

    def _press(self, keysym: str) -> None:
        self.focused.event_generate("<KeyPress>", keysym=keysym)
        self.focused.event_generate("<KeyRelease>", keysym=keysym)
        self.root.update()


@asynccontextmanager
async def seat(
    world: ChatWorld, folder: Path, profile: Profile | None = None, *, is_fast: bool = False
) -> AsyncIterator[Seat]:
    """Open the window at the log-in, or with the session of a profile. DISPLAY names the display.

    `is_fast`: the server has answered before anything of the window was drawn.
    """
    clock, network = VirtualClock(), Here()
    entry = Entry(config=lambda: folder, state=lambda: folder)
    file = SettingsFile(folder / "window.json")
    if profile is not None:
        entry.remember(profile)
    clients: list[ChatClient] = []

    def make_client(profile: Profile) -> ChatClient:
        clients.append(world.unopened(Token(profile.token) if profile.token else None))
        return clients[-1]

    root = make_root()
    window = Window(
        root,
        line=Line(network, make_client, network.hand_over, clock),
        starter=Starter(network, network.hand_over, world.clock, folder / "server.log"),
        look=Look(Theme(root, dark=False), Fonts(root, Settings().size), Pictures(root), 1.0),
        viewer=Viewer(ENGLISH, lambda: datetime.fromtimestamp(world.clock.now_ms() / 1000, UTC)),
        monotonic=clock.monotonic,
        entry=entry,
        settings_file=file,
    )
    opened = Seat(world, root, window, clock)
    try:
        window.begin(file.load(), SERVER, None, "")
        if is_fast:
            await world.settle()
        root.update()
        root.focus_force()
        window.go_on()
        root.update()
        yield opened
    finally:
        root.update()
        window.close()
        let_go_of_styles()
        await world.settle(0)
        await network.end()

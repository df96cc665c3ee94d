"""A terminal in memory: what a person would type goes in, what they would see comes out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO, cast

import pyte
from chatcore_cli.chat_screen import ChatScreen
from chatcore_cli.first_start import LogInScreen, Offer
from chatcore_cli.preferences import Preferences
from chatcore_cli.terminal import Outcome
from prompt_toolkit.application import Application, create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from chatcore import ChatClient
from chatcore.testing import ChatWorld, VirtualClock
from chatcore.view.drafts import Drafts
from chatcore.view.language import ENGLISH, Language
from chatcore.view.viewer import Viewer

UP, DOWN, LEFT, PAGE_UP, PAGE_DOWN = "\x1b[A", "\x1b[B", "\x1b[D", "\x1b[5~", "\x1b[6~"
CTRL_UP, CTRL_DOWN, CTRL_HOME, CTRL_END, END = "\x1b[1;5A", "\x1b[1;5B", "\x1b[1;5H", "\x1b[1;5F", "\x1b[F"
ALT_UP, ALT_DOWN = "\x1b[1;3A", "\x1b[1;3B"
ENTER, TAB, BACKSPACE, F1 = "\r", "\t", "\x7f", "\x1bOP"
CTRL_C, CTRL_F, CTRL_N, CTRL_P, CTRL_Q = "\x03", "\x06", "\x0e", "\x10", "\x11"
FOCUS_IN, FOCUS_OUT = "\x1b[I", "\x1b[O"

PATIENCE = 45.0
"""Seconds for which a form waits for its answer."""


def alt(key: str) -> str:
    return f"\x1b{key}"


def paste(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


class Glass:
    """What the program writes, as a terminal shows it."""

    def __init__(self, columns: int, rows: int) -> None:
        self.size = Size(rows=rows, columns=columns)
        self.screen = pyte.Screen(columns, rows)
        self.raw = ""
        self._stream = pyte.Stream(self.screen)
        self.encoding = "utf-8"

    def write(self, text: str) -> None:
        self.raw += text
        self._stream.feed(text)

    def flush(self) -> None:
        """Everything is there already."""

    def fileno(self) -> int:
        return 1

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def row_of(self, text: str) -> int:
        return next(row for row, line in enumerate(self.lines) if text in line)

    def column_of(self, text: str) -> int:
        return self.lines[self.row_of(text)].index(text)

    def cell(self, text: str) -> pyte.screens.Char:
        row = self.row_of(text)
        return self.screen.buffer[row][self.screen.display[row].index(text)]


class Emulator:
    """A program's screen on a terminal in memory, in a chat world."""

    def __init__(self, world: ChatWorld, app: Application[Any], keys: PipeInput, glass: Glass) -> None:
        self.world, self.glass, self._keys = world, glass, keys
        self.sit_before(app)

    def sit_before(self, app: Application[Any]) -> None:
        """From now on this is what is on the terminal."""
        self.app = app
        app.ttimeoutlen = app.timeoutlen = 0.01
        app.max_render_postpone_time = None  # the loop is never idle while a world is calm

    @property
    def lines(self) -> list[str]:
        return self.glass.lines

    @property
    def text(self) -> str:
        return self.glass.text

    def send(self, keys: str) -> None:
        self._keys.send_text(keys)

    async def type(self, *keys: str) -> None:
        """Press keys one after the other, and let happen what they lead to."""
        for key in keys:
            self.send(key)
            await self.settle(0)

    async def settle(self, seconds: float = 3.0) -> None:
        """Let time pass until the screen shows where things stand, and what was told of the screen has its effect."""
        for _ in range(3):
            await self.world.settle(seconds)
            await self._drawn()

    async def until(self, holds: Callable[[str], object]) -> None:
        """Wait for what comes by the terminal's own time, like a lone Esc."""
        async with asyncio.timeout(5):
            while not holds(self.text):  # noqa: ASYNC110 - the screen has no event to wait for
                await asyncio.sleep(0)  # noqa: TID251 - lets the program run
        await self.settle(0)

    async def resize(self, columns: int, rows: int) -> None:
        self.glass.size = Size(rows=rows, columns=columns)
        self.glass.screen.resize(rows, columns)
        self.app._on_resize()
        await self.settle(0)

    async def _drawn(self) -> None:
        while self.app.invalidated:  # noqa: ASYNC110 - the screen has no event to wait for
            await asyncio.sleep(0)  # noqa: TID251 - lets the program run


class ChatEmulator(Emulator):
    """The chat's screen."""

    def __init__(
        self,
        world: ChatWorld,
        client: ChatClient,
        screen: ChatScreen,
        clock: VirtualClock,
        keys: PipeInput,
        glass: Glass,
    ) -> None:
        super().__init__(world, screen.app, keys, glass)
        self.client, self.screen, self.clock = client, screen, clock

    @property
    def roster(self) -> list[str]:
        """The left pane."""
        return [line.split("│")[0].rstrip() for line in self.lines[1:-1]]

    @property
    def talk(self) -> list[str]:
        """The right pane between header and composer, without empty lines."""
        lines = [line.partition("│")[2] for line in self.lines[1:-1]]
        end = next(row for row in range(len(lines) - 1, -1, -1) if lines[row].startswith("───"))
        return [line.rstrip() for line in lines[:end] if line.strip()]

    async def open(self, name: str) -> None:
        """Choose a conversation as a person does."""
        await self.type(CTRL_F, name, ENTER)
        await self.settle()


@asynccontextmanager
async def terminal(
    world: ChatWorld,
    client: ChatClient,
    columns: int = 80,
    rows: int = 24,
    *,
    language: Language = ENGLISH,
    depth: ColorDepth = ColorDepth.DEPTH_24_BIT,
    drafts: Drafts | None = None,
    preferences: Preferences | None = None,
) -> AsyncIterator[ChatEmulator]:
    """Show the chat on a terminal of this size. The screen has a clock of its own, which stands still."""
    viewer = Viewer(language, lambda: datetime.fromtimestamp(world.clock.now_ms() / 1000, UTC))
    with session(columns, rows, depth) as (keys, glass):
        clock = VirtualClock()
        screen = ChatScreen(client, viewer, clock, drafts or Drafts(), preferences or Preferences())
        emulator = ChatEmulator(world, client, screen, clock, keys, glass)
        running = asyncio.create_task(screen.run())
        await emulator.settle()
        try:
            yield emulator
        finally:
            screen.leave(Outcome.QUIT)
            await running


@asynccontextmanager
async def form(
    world: ChatWorld, make: Callable[[], LogInScreen | Offer], columns: int = 80, rows: int = 24
) -> AsyncIterator[tuple[Emulator, asyncio.Task[bool]]]:
    """Show a form; give the task that ends with its answer, too. Without one it ends before the test's time is over.

    The end of that time would be told to the toolkit, which asks for a key again and again, until no memory is left.
    """

    async def answer() -> bool:
        async with asyncio.timeout(PATIENCE):
            return await asked.run()

    with session(columns, rows, ColorDepth.DEPTH_24_BIT) as (keys, glass):
        asked = make()
        emulator = Emulator(world, asked.form.app, keys, glass)
        running = asyncio.create_task(answer())
        await emulator.settle()
        try:
            yield emulator, running
        finally:
            asked.form.leave(result=False)
            await running


@contextmanager
def session(columns: int, rows: int, depth: ColorDepth) -> Iterator[tuple[PipeInput, Glass]]:
    glass = Glass(columns, rows)
    output = Vt100_Output(
        cast("TextIO", glass),
        lambda: glass.size,
        term="xterm-256color",
        default_color_depth=depth,
        enable_cpr=False,
    )
    with create_pipe_input() as keys, create_app_session(keys, output):
        yield keys, glass

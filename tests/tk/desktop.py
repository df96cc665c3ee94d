"""A display without a screen, and windows on it that are driven with real keys and a real mouse."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from chatcore.adapters.system import SystemClock

# A second display server takes half a second: each test has its own, so that no test meets the keys of another.
PROGRAM = Path(__file__).with_name("window_program.py")
PASSWORD = "correct horse battery"

BUSY = 5 * 0.050
"""Seconds of work without a beat: the goal is 50 ms; a machine that is slower gets five times that."""

STOPPED = 2.0
"""Seconds without a beat, on a machine that does other things as well: who waits for the network waits for longer."""

Seen = dict[str, Any]

CHAT = {"filter", "composer", "talk"}
"""Where the keyboard is in the chat. What has to be seen first gets it late, and what is typed before is lost."""


class Window:
    """The window of one user, in a process of its own."""

    def __init__(self, display: str, home: Path, process: asyncio.subprocess.Process) -> None:
        self.display, self.home, self.process = display, home, process
        self.id = 0

    async def ask(self, question: str) -> Any:  # noqa: ANN401 - whatever JSON has
        """Ask the one who looks at the window."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{question}\n".encode())
        async with asyncio.timeout(20):
            return json.loads(await self.process.stdout.readline())

    async def see(self) -> Seen:
        """Look at the window."""
        seen: Seen = await self.ask("see")
        return seen

    async def until(self, holds: Callable[[Seen], object], seconds: float = 15.0) -> Seen:
        """Look until something holds."""
        clock, seen = SystemClock(), Seen()
        try:
            async with asyncio.timeout(seconds):
                while not holds(seen := await self.see()):
                    await clock.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"not seen: {seen}") from None
        return seen

    async def beat(self) -> tuple[float, float]:
        """Return the seconds by which the heart was late at most since the last question, and of work at a time."""
        late, busy = await self.ask("beat")
        return late, busy

    async def assert_beating(self) -> None:
        """Fail where something has stopped the heart since it was asked last."""
        late, busy = await self.beat()
        assert late < STOPPED
        assert busy < BUSY

    # ---- keys and mouse

    async def focus(self) -> None:
        """Look at this window: the keyboard is in it from now on."""
        if not self.id:
            await self._learn_id()
        await self.do("windowraise", str(self.id), "windowfocus", "--sync", str(self.id))
        await self.until(lambda seen: seen["focused"])

    async def leave(self) -> None:
        """Look elsewhere: no window has the keyboard."""
        root = (await self.do("search", "--maxdepth", "0", "--name", ".*")).split() or ["0"]
        await self.do("windowfocus", root[0])
        await self.until(lambda seen: not seen["focused"])

    async def keys(self, *keys: str) -> None:
        """Press keys, named as X does."""
        await self.do("key", "--delay", "15", *keys)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.do("type", "--delay", "8", text)

    async def press(self, x: float, y: float, button: int = 1) -> None:
        """Press the mouse at a place of the window, once nothing moves there any more."""
        await self.until(lambda seen: seen["still"])
        await self.do("mousemove", "--window", str(self.id), str(int(x)), str(int(y)), "click", str(button))

    async def resize(self, width: int, height: int) -> None:
        """Make it another size."""
        await self.do("windowsize", "--sync", str(self.id), str(width), str(height))

    async def enter(self, name: str, *, register: bool) -> None:
        """Fill in the log-in, whose server is filled in already."""
        await self.until(lambda seen: seen["form"])
        await self.focus()
        await self.type(name)
        await self.keys("Tab")
        await self.type(PASSWORD)
        await self.keys("Tab", *(["Tab"] if register else []), "space")

    async def find(self, name: str) -> None:
        """Open a conversation with the keyboard; then it is where one writes."""
        if not (await self.see())["focused"]:
            await self.focus()
        await self.until(lambda seen: seen["keyboard"] in CHAT)
        await self.keys("ctrl+f")
        await self.until(lambda seen: seen["keyboard"] == "filter")
        await self.type(name)
        await self.until(lambda seen: any(name in row["name"] for row in seen["rows"]) and len(seen["rows"]) < 3)
        await self.keys("Return")
        await self.until(lambda seen: name in " ".join(seen["head"]) and seen["keyboard"] == "composer")

    async def write(self, text: str) -> None:
        """Write a message and send it."""
        await self.type(text)
        await self.keys("Return")

    async def _learn_id(self) -> None:
        """Learn what X calls the window: the one that Tk puts around it has the title."""
        title = str((await self.see())["title"])
        found: list[str] = []
        while not found:  # offline, the window writes its title anew each second
            await self.ask(f"title window of {self.process.pid}")
            found = (await self.do("search", "--onlyvisible", "--name", f"^window of {self.process.pid}$")).split()
        self.id = int(found[0])
        await self.ask(f"title {title}")

    async def do(self, *arguments: str) -> str:
        """Run xdotool."""
        process = await asyncio.create_subprocess_exec(
            "xdotool", *arguments, env={**os.environ, "DISPLAY": self.display}, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        return output.decode()


@asynccontextmanager
async def screen(size: str = "1500x1000") -> AsyncIterator[str]:
    """Run a display and give its name."""
    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *("Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-dpi", "96"),
        pass_fds=[writing],
        stderr=asyncio.subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        number = await asyncio.to_thread(_line_of, reading)
        yield f":{number}"
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def window(
    display: str,
    home: Path,
    server: str = "",
    *,
    lang: str = "en",
    world: Sequence[str] = (),
    places: Mapping[str, str] | None = None,
) -> AsyncIterator[Window]:
    """Open a window whose files are in `home` but for some `places`; it must end cleanly.

    `world`: what else is different in the world that it finds, as `window_program.py` knows it.
    """
    home.mkdir(exist_ok=True)  # noqa: ASYNC240 - a moment
    usual = {name: str(home) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(PROGRAM), server, lang, *world),
        env={**os.environ, **usual, **(places or {}), "DISPLAY": display, "TZ": "Europe/Warsaw"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    opened = Window(display, home, process)
    said: bytes = b""
    try:
        await opened.see()
        yield opened
    finally:
        if process.returncode is None:
            process.terminate()
        _, said = await process.communicate()
    assert said == b"", said.decode()


def _line_of(descriptor: int) -> str:
    with os.fdopen(descriptor) as pipe:
        return pipe.readline().strip()

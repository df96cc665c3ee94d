"""The scenario in the terminal: what its screen has on it."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from chatcore import ChatClient
from chatcore.testing import ChatWorld
from chatcore.testing.frontend_scenario import FrontendScenario, Shown, ShownMessage, ShownRow, Staged
from chatcore.testing.headless import WorldStage
from tests.cli.emulator import ENTER, FOCUS_IN, FOCUS_OUT, ChatEmulator, terminal


class OnTerminal:
    """Types on a terminal in memory and reads its cells."""

    def __init__(self, emulator: ChatEmulator) -> None:
        self._emulator = emulator

    async def open(self, name: str) -> None:
        await self._emulator.open(name)

    async def write(self, text: str) -> None:
        await self._emulator.type(text, ENTER)

    async def look(self, *, at_it: bool) -> None:
        await self._emulator.type(FOCUS_IN if at_it else FOCUS_OUT)

    async def shown(self) -> Shown:
        await self._emulator.settle(0)
        is_online = "offline" not in self._emulator.text and "connecting" not in self._emulator.text
        return Shown(tuple(self._rows()), tuple(self._messages()), is_online)

    def _rows(self) -> list[ShownRow]:
        rows: list[ShownRow] = []
        lines = self._emulator.roster
        for at, line in enumerate(lines):
            found = re.match(r"[ >](●|○|×) (.*?)(?:  .*)?$", line)
            if found:
                badge = re.search(r" (\d+\+?)$", lines[at + 1]) if at + 1 < len(lines) else None
                rows.append(ShownRow(found[2].strip(), found[1] == "●", badge[1] if badge else "", found[1] == "×"))
        return rows

    def _messages(self) -> list[ShownMessage]:
        """Read the bubbles: a line with sender, time and status, then the text."""
        messages: list[ShownMessage] = []
        head: tuple[str, str] | None = None
        for line in self._emulator.talk:
            text = line.strip(" ▎▕")
            found = re.match(r"(\S+(?: \S+)*)  (?:\S+ )*\d\d:\d\d(?: (◷|✓✓|✓|•|!).*)?$", text)
            if head is not None:
                messages.append(ShownMessage(head[0], text, head[1]))
                head = None
            elif found:
                head = found[1], {None: "read", "•": "unread"}.get(found[2], found[2])
        return messages


@asynccontextmanager
async def terminal_stage() -> AsyncIterator[WorldStage]:
    async with ChatWorld() as world, AsyncExitStack() as stack:

        async def make(client: ChatClient) -> OnTerminal:
            return OnTerminal(await stack.enter_async_context(terminal(world, client)))

        yield WorldStage(world, make)


class TestTerminal(FrontendScenario):
    @pytest.fixture
    def staged(self) -> Staged:
        return terminal_stage()

"""The scenario in the window: what Tk has drawn, of a program of its own, with a server of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

import chatcore
from chatcore import ChatClient
from chatcore.adapters.system import SystemClock
from chatcore.testing.frontend_scenario import FrontendScenario, Operation, Shown, ShownMessage, ShownRow, Staged
from chatcore.testing.server_process import ServerProcess
from chatcore_server.admin import frames as f
from chatcore_server.admin.app import UserChange, change_user
from tests.tk.desktop import PASSWORD, Seen, Window, screen, window

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]

STATUSES = {"✓✓": "✓✓", "✓": "✓", "◷": "◷", "!": "!", "•": "unread", "": "read"}


class InWindow:
    """Presses keys in a window and reads what is drawn."""

    def __init__(self, opened: Window) -> None:
        self._window = opened

    async def open(self, name: str) -> None:
        await self._window.find(name)

    async def write(self, text: str) -> None:
        await self._window.write(text)

    async def look(self, *, at_it: bool) -> None:
        if at_it:
            await self._window.focus()
        else:
            await self._window.leave()

    async def shown(self) -> Shown:
        seen = await self._window.see()
        rows = [ShownRow(row["name"], row["active"], row["badge"], row["crossed"]) for row in seen["rows"]]
        messages = [
            ShownMessage(
                line["sender"], line["text"], next(STATUSES[sign] for sign in STATUSES if line["foot"].endswith(sign))
            )
            for line in seen["lines"]
            if "text" in line
        ]
        return Shown(tuple(rows), tuple(messages), _is_online(seen))


class WindowStage:
    """Real programs on the real clock."""

    def __init__(self, server: ServerProcess, display: str, folder: Path, stack: AsyncExitStack) -> None:
        self._server, self._display, self._folder, self._stack = server, display, folder, stack

    async def person(self, name: str) -> ChatClient:
        client = await self._stack.enter_async_context(chatcore.connect(self._server.url))
        await client.register(name, PASSWORD)
        return client

    async def frontend(self, name: str) -> InWindow:
        opened = await self._stack.enter_async_context(window(self._display, self._folder / name, self._server.url))
        await opened.enter(name, register=True)
        await opened.until(_is_online)
        return InWindow(opened)

    async def operate(self, operation: Operation, name: str, value: str = "") -> None:
        requests: dict[Operation, UserChange] = {
            "rename": f.RenameUser(name, value),
            "display-name": f.ShowUserAs(name, value),
            "disable": f.DisableUser(name, value),
            "enable": f.EnableUser(name),
            "erase": f.EraseUser(name),
        }
        await asyncio.to_thread(change_user, self._server.db, requests[operation], lambda _line: None)

    async def stop(self) -> None:
        await self._server.kill()

    async def start(self) -> None:
        await self._server.start()

    async def wait(self) -> None:
        await SystemClock().sleep(0.05)


@asynccontextmanager
async def window_stage(folder: Path) -> AsyncIterator[WindowStage]:
    async with AsyncExitStack() as stack:
        display = await stack.enter_async_context(screen())
        server = await stack.enter_async_context(ServerProcess(folder / "chat.db"))
        yield WindowStage(server, display, folder, stack)


class TestWindow(FrontendScenario):
    @pytest.fixture
    def staged(self, tmp_path: Path) -> Staged:
        return window_stage(tmp_path)


def _is_online(seen: Seen) -> bool:
    return bool(seen["status"] == "online")

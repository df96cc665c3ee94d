"""A display, a server process, and windows for the tests of the desktop client."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.desktop import Window, screen, window

Open = Callable[..., Awaitable[Window]]


@pytest.fixture
async def display() -> AsyncIterator[str]:
    async with screen() as name:
        yield name


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
                await opened.until(lambda seen: seen["rows"] and seen["status"] in {"online", "połączono"})
            return opened

        yield open_

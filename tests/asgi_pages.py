"""A page in a browser that chats, and somebody who sees who comes and goes."""

from __future__ import annotations

import json

from websockets.asyncio.client import ClientConnection

import chatcore


class Watcher(chatcore.Observer):
    """Writes down who comes and goes."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []

    def presence_changed(self, user: chatcore.User, active: bool) -> None:
        self.seen.append((user.name, active))


async def come(page: ClientConnection, token: str, instance: str) -> None:
    """Log in as a page in a browser does."""
    await _begin(page, instance, {"type": "resume", "id": 1, "token": token, "told": None})


async def enter(page: ClientConnection, instance: str) -> None:
    """Come in as a page in a browser does whose user the application knows."""
    await _begin(page, instance, {"type": "enter", "id": 1, "told": None})


async def _begin(page: ClientConnection, instance: str, credentials: dict[str, object]) -> None:
    for frame in ({"type": "hello", "versions": [2], "instance": instance}, credentials):
        await page.send(json.dumps(frame))
    while json.loads(await page.recv())["type"] != "snapshot":
        pass

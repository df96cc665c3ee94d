"""The frontend without a screen, and the stage of the scenario on virtual time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from ..client.client import ChatClient
from ..client.connection_state import ConnectionPhase
from ..client.items import Item
from ..domain.ids import ConversationId
from ..domain.roster import Row
from ..view.language import ENGLISH
from ..view.lines import bubble, row_line, row_name
from .frontend_scenario import Frontend, Shown, ShownMessage, ShownRow
from .world import ChatWorld

MakeFrontend = Callable[[ChatClient], Awaitable[Frontend]]
"""Puts a frontend over a client that is logged in."""

_NOW = datetime.fromtimestamp(0, UTC)
"Times are not compared: any will do."


class WorldStage:
    """A stage in one process: for frontends that are given a client."""

    def __init__(self, world: ChatWorld, make: MakeFrontend) -> None:
        self._world, self._make = world, make

    async def person(self, name: str) -> ChatClient:
        """Register over the world's network."""
        client = await self._world.log_in(name)
        await self._world.settle()
        return client

    async def frontend(self, name: str) -> Frontend:
        """Register, and put a frontend over the client."""
        return await self._make(await self.person(name))

    async def stop(self) -> None:
        """Kill the world's server."""
        await self._world.kill()

    async def start(self) -> None:
        """Start it over what is stored."""
        await self._world.start()

    async def wait(self) -> None:
        """Let a virtual second pass."""
        await self._world.settle(1.0)


class Headless:
    """Shows nothing, and says in the library's words what others have to show."""

    def __init__(self, client: ChatClient) -> None:
        self._client = client
        self._opened: ConversationId | None = None
        client.window_active(True)

    async def open(self, name: str) -> None:
        """Choose by the name that the row has on a screen."""
        rows = self._client.replica.rows
        self._opened = next(row.conversation for row in rows if row_name(row, ENGLISH) == name)
        self._client.opened(self._opened)

    async def write(self, text: str) -> None:
        """Put it into the outbox."""
        if self._opened is not None:
            self._client.post_soon(self._opened, text)

    async def look(self, *, at_it: bool) -> None:
        """Tell the fact."""
        self._client.window_active(at_it)

    async def shown(self) -> Shown:
        """Say what is to be seen, and tell that it is visible."""
        items = list(self._client.replica.timeline(self._opened)) if self._opened else []
        if self._opened is not None:
            self._client.visible(self._opened, [item.seq for item in items if item.seq is not None])
        return Shown(
            tuple(self._row(row) for row in self._client.replica.rows),
            tuple(self._message(item) for item in items),
            self._client.connection.phase is ConnectionPhase.ONLINE,
        )

    def _row(self, row: Row) -> ShownRow:
        client = self._client
        line = row_line(row, me=client.me.id, sender_name=client.replica.name_of, now=_NOW, language=ENGLISH)
        return ShownRow(line.name, line.active, line.badge)

    def _message(self, item: Item) -> ShownMessage:
        client = self._client
        words = bubble(item, me=client.me.id, sender_name=client.replica.name_of, now=_NOW, language=ENGLISH)
        return ShownMessage(words.sender, words.text, words.ticks if words.own else words.status)

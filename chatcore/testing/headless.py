"""The frontend without a screen, and the stage of the scenario on virtual time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from ..client.client import ChatClient
from ..client.connection_state import ConnectionPhase
from ..client.items import Item
from ..domain.ids import ConversationId, UserId
from ..domain.roster import Row
from ..service import account_changes, accounts
from ..view.language import ENGLISH
from ..view.lines import bubble, row_line
from ..view.names import Names, ShownName
from ..view.sentences import cannot_write_text
from .frontend_scenario import Frontend, Operation, Shown, ShownMessage, ShownRow
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

    async def operate(self, operation: Operation, name: str, value: str = "") -> None:
        """Do it in the world's server."""
        ctx = self._world.host.ctx
        user = await accounts.find(ctx, name)
        match operation, user.id if user else UserId(""):
            case "rename", who:
                await account_changes.rename(ctx, who, value)
            case "display-name", who:
                await account_changes.set_display_name(ctx, who, value)
            case "disable", who:
                await account_changes.disable(ctx, who, value)
            case "enable", who:
                await account_changes.enable(ctx, who)
            case "erase", who:
                await account_changes.erase(ctx, who)

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
        self._written = ""
        client.window_active(True)

    async def open(self, name: str) -> None:
        """Choose by the name that the row has on a screen."""
        rows = self._client.replica.rows
        self._opened = next(row.conversation for row in rows if str(self._names.of_row(row)) == name)
        self._client.opened(self._opened)

    async def write(self, text: str) -> None:
        """Put it into the outbox, where one can write."""
        row = next((row for row in self._client.replica.rows if row.conversation == self._opened), None)
        self._written += text
        if self._opened is not None and not (row and cannot_write_text(row, ENGLISH)):
            self._client.post_soon(self._opened, self._written)
            self._written = ""

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

    @property
    def _names(self) -> Names:
        replica = self._client.replica
        return Names(replica.rows, replica.me, ENGLISH)

    def _row(self, row: Row) -> ShownRow:
        client = self._client
        line = row_line(row, me=client.me.id, names=self._names, now=_NOW, language=ENGLISH)
        return ShownRow(str(ShownName(line.name, line.account)), line.active, line.badge, line.is_disabled)

    def _message(self, item: Item) -> ShownMessage:
        client = self._client
        words = bubble(item, me=client.me.id, names=self._names, now=_NOW, language=ENGLISH)
        return ShownMessage(
            str(ShownName(words.sender, words.account)), words.text, words.ticks if words.own else words.status
        )

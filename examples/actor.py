"""A user in the demo: a client, and what it was told."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from transcript import Surprise

import chatcore
from chatcore import ConnectionPhase
from chatcore.home.zone import LocalZone
from chatcore.view.language import ENGLISH
from chatcore.view.lines import Bubble, bubble, row_line
from chatcore.view.names import Names

PASSWORD = "correct horse battery"  # noqa: S105 - of people who do not exist
PATIENCE = 15.0
"""Seconds that something may take."""

WIDTH = 60


class Actor(chatcore.Observer):
    """Observes a client and waits for what it is told."""

    def __init__(self, client: chatcore.ChatClient) -> None:
        self.client = client
        self.received: list[chatcore.Message] = []
        self.newcomers: list[str] = []
        self._stirred = asyncio.Event()
        client.subscribe(self)

    async def until(self, happens: str, condition: Callable[[], object]) -> None:
        """Return when the condition holds; it is looked at whenever the client tells something."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    self._stirred.clear()
                    await self._stirred.wait()
        except TimeoutError:
            msg = f"this did not happen within {PATIENCE:.0f} s: {happens}"
            raise Surprise(msg) from None

    async def until_all_is_there(self) -> None:
        """Return when its list is whole: who registers from then on is news."""
        async with asyncio.timeout(PATIENCE):
            await self.client.synced()

    async def until_unread(self, name: str, number: int) -> None:
        """Return when so many messages are unread in the row of this name."""
        await self.until(f"{name} has {number} unread", lambda: self.row(name).unread == number)

    # ---- what it sees

    def row(self, name: str) -> chatcore.Row:
        """Return the line of its list with this name."""
        return next((row for row in self.client.replica.rows if row.name == name), chatcore.Row(chatcore.GENERAL, ""))

    @property
    def names(self) -> list[str]:
        """The names of its list, in order."""
        return [row.name for row in self.client.replica.rows]

    def timeline(self, conversation: chatcore.ConversationId) -> list[chatcore.Item]:
        """Return the messages of the conversation that it has opened."""
        return list(self.client.replica.timeline(conversation))

    def states(self, conversation: chatcore.ConversationId) -> list[chatcore.ItemState]:
        """Return how far each message of the conversation has come."""
        return [item.state for item in self.timeline(conversation)]

    def list_lines(self) -> list[str]:
        """Write its list as a frontend does."""
        replica, now = self.client.replica, datetime.now(LocalZone())
        names = Names(replica.rows, replica.me, ENGLISH)
        lines = [row_line(row, me=self.client.me.id, names=names, now=now, language=ENGLISH) for row in replica.rows]
        return [f"{'●' if x.active else '○'} {x.name:12} {x.badge:>3}  {x.time:6} {x.preview}" for x in lines]

    def bubble_lines(self, conversation: chatcore.ConversationId) -> list[str]:
        """Write a conversation as a frontend does: received left, sent right."""
        replica, now, me = self.client.replica, datetime.now(LocalZone()), self.client.me.id
        names = Names(replica.rows, replica.me, ENGLISH)
        bubbles = [
            bubble(item, me=me, names=names, now=now, language=ENGLISH) for item in replica.timeline(conversation)
        ]
        return [line for one in bubbles for line in _drawn(one)]

    # ---- what it is told

    def message_received(self, message: chatcore.Message) -> None:
        """See Observer."""
        self.received.append(message)
        self._stirred.set()

    def user_registered(self, user: chatcore.User) -> None:
        """See Observer."""
        self.newcomers.append(user.name)
        self._stirred.set()

    def connection_changed(self, *_: object) -> None:
        """See Observer."""
        self._stirred.set()

    def rows_changed(self, *_: object) -> None:
        """See Observer."""
        self._stirred.set()

    def timeline_changed(self, *_: object) -> None:
        """See Observer."""
        self._stirred.set()

    @property
    def is_online(self) -> bool:
        """Whether its connection is up."""
        return self.client.connection.phase is ConnectionPhase.ONLINE


def _drawn(one: Bubble) -> list[str]:
    head = f"{one.sender}, {one.time}  {one.ticks} {one.status}".replace("   ", "  ")
    lines = [head, *one.text.splitlines()]
    return [f"{line + ' ▐':>{WIDTH}}" if one.own else f"▌ {line}" for line in lines]

"""A client that says just what a test wants, over a link in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from chatcore import ConversationId, Token, User
from chatcore.adapters.memory_link import MemoryLink
from chatcore.domain.conversations import direct
from chatcore.domain.ids import ClientId
from chatcore.ports.transport import LinkDown, OutFrame
from chatcore.testing.memory_network import MemoryNetwork
from chatcore.testing.world import PASSWORD, URL
from chatcore.wire import frames as f
from tests.protocol.joined import FROM_CLIENT, FROM_SERVER

F = TypeVar("F", bound=f.ServerFrame)


class Raw:
    """One link and every frame that came over it."""

    def __init__(self, link: MemoryLink) -> None:
        self.link = link
        self.heard: list[f.ServerFrame] = []
        self.sizes: list[int] = []
        self.down: LinkDown | None = None
        self._logged_in: f.LoggedIn | None = None
        self._numbers = 0
        self._listening = asyncio.ensure_future(self._listen())

    def say(self, *frames: f.ClientFrame) -> None:
        """Send frames in one write."""
        self.link.write([OutFrame(FROM_CLIENT.encode(frame)) for frame in frames])

    def say_bytes(self, *data: bytes) -> None:
        """Send anything."""
        self.link.write(list(map(OutFrame, data)))

    def ask(self, make: Callable[[int], f.ClientFrame]) -> int:
        """Send a request with the next number; give the number."""
        self._numbers += 1
        self.say(make(self._numbers))
        return self._numbers

    def post(self, conversation: ConversationId, text: str, client_id: str | None = None) -> int:
        """Post a message."""
        name = ClientId(client_id or f"c{self._numbers}")
        return self.ask(lambda number: f.Post(number, conversation, name, text))

    def of(self, kind: type[F]) -> list[F]:
        """Return the frames of one type that came."""
        return [frame for frame in self.heard if isinstance(frame, kind)]

    def answer(self, number: int) -> f.ServerFrame:
        """Return the frame that answered a request."""
        (answer,) = (frame for frame in self.heard if getattr(frame, "id", None) == number)
        return answer

    def forget(self) -> None:
        """Begin a new list of what came."""
        self.heard.clear()

    @property
    def me(self) -> User:
        """Who is logged in."""
        assert self._logged_in is not None
        return self._logged_in.user

    @property
    def token(self) -> Token:
        """The token that came with the log-in."""
        assert self._logged_in is not None
        assert self._logged_in.token is not None
        return self._logged_in.token

    async def _listen(self) -> None:
        try:
            while True:
                data = await self.link.receive()
                self.sizes.append(len(data))
                frame: f.ServerFrame = FROM_SERVER.decode(data)
                self.heard.append(frame)
                if isinstance(frame, f.LoggedIn):
                    self._logged_in = frame
        except LinkDown as down:
            self.down = down


class Chat(Protocol):
    """A host that can be dialled, on virtual time."""

    network: MemoryNetwork

    async def settle(self, seconds: float = ...) -> None:
        """Let happen what is under way."""


async def dial(world: Chat) -> Raw:
    """Open a link, and say nothing."""
    return Raw(await world.network.dial(URL))


async def greet(world: Chat, instance: str = "") -> Raw:
    """Open a link and agree on the version."""
    raw = await dial(world)
    raw.say(f.Hello((f.VERSION,), instance or f"instance of {id(raw)}"))
    await world.settle(0)
    return raw


async def registered(world: Chat, name: str) -> Raw:
    """Register a user on a new link."""
    raw = await greet(world)
    raw.ask(lambda number: f.Register(number, name, PASSWORD))
    await world.settle()
    return raw


async def resumed(world: Chat, token: Token, instance: str = "") -> Raw:
    """Go on with a session on a new link."""
    raw = await greet(world, instance)
    raw.ask(lambda number: f.Resume(number, token, None))
    await world.settle()
    return raw


def between(one: Raw, other: Raw) -> ConversationId:
    """Return the conversation of two users."""
    return direct(one.me.id, other.me.id)

"""A connector, with the test as its server and its clock."""

from __future__ import annotations

import asyncio
from typing import Self

import attrs

from chatcore import (
    ChatError,
    ConnectionPhase,
    ConnectionState,
    Token,
)
from chatcore.adapters.memory_link import MemoryLink, link_pair
from chatcore.client.admission import Admission, log_in, register
from chatcore.client.connector import Connector
from chatcore.domain.generations import Point
from chatcore.ports.transport import Link, OutFrame
from chatcore.protocol.server import error_frame
from chatcore.testing import VirtualClock
from chatcore.wire import frames as f
from tests.protocol.joined import ALICE, FROM_CLIENT, FROM_SERVER, SNAPSHOT
from tests.turns import turns

PASSWORD = "correct horse battery"
REGISTER, LOG_IN = register("alice", PASSWORD), log_in("alice", PASSWORD)


@attrs.define(eq=False)
class Shell:
    """Keeps what the connector tells."""

    states: list[ConnectionState] = attrs.field(factory=list)
    received_frames: list[f.ServerFrame] = attrs.field(factory=list)
    happened: list[str] = attrs.field(factory=list)
    told: Point | None = None

    def connection_changed(self, state: ConnectionState) -> None:
        self.states.append(state)

    def logged_in(self, frame: f.LoggedIn) -> None:
        self.happened.append(f"logged in as {frame.user.name}")

    def received(self, frame: f.ServerFrame) -> None:
        self.received_frames.append(frame)

    def contradicted(self) -> None:
        self.happened.append("contradicted")

    def handled(self) -> None:
        self.happened.append("handled")

    def connection_lost(self) -> None:
        self.happened.append("connection lost")

    def logged_out(self) -> None:
        self.happened.append("logged out")

    def given_up(self, error: ChatError) -> None:
        self.happened.append(f"given up: {error.code}")

    @property
    def phases(self) -> list[ConnectionPhase]:
        """How the connection went."""
        return [state.phase for state in self.states]


class Stage:
    """A connector; the test is its server and its clock."""

    def __init__(self, entry: Admission = LOG_IN, instead: Admission | None = None, *, insist: bool = False) -> None:
        self.clock = VirtualClock()
        self.shell = Shell()
        self.trouble: BaseException | None = None
        self.links: list[MemoryLink] = []
        self.connector = Connector("memory://", self, self.clock, lambda: 0.5, "instance", self.shell)
        self._entry, self._instead, self._insist = entry, instead, insist

    async def dial(self, url: str) -> Link:
        if self.trouble is not None:
            raise self.trouble
        near, far = link_pair()
        self.links.append(far)
        return near

    async def __aenter__(self) -> Self:
        self.running = asyncio.ensure_future(self.connector.run(self._entry, self._instead, insist=self._insist))
        await turns()
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    @property
    def link(self) -> MemoryLink:
        """The server's end of the newest link."""
        return self.links[-1]

    async def hear(self) -> list[f.ClientFrame]:
        """Return what the client said on the newest link."""
        return [FROM_CLIENT.decode(await self.link.receive()) for _ in range(len(self.link._arrived))]

    async def say(self, *frames: f.ServerFrame) -> None:
        """Let the server say something."""
        self.link.write([OutFrame(FROM_SERVER.encode(frame)) for frame in frames])
        await turns()

    async def let_in(self) -> None:
        """Let the client in."""
        await self.say(f.Welcome(f.VERSION), f.LoggedIn(1, ALICE, Token("token")), SNAPSHOT)

    async def later(self) -> None:
        """Let the next timer ring."""
        self.clock.advance()
        await turns()

    async def refuse(self, error: ChatError) -> None:
        """Refuse the credentials."""
        await self.say(f.Welcome(f.VERSION), error_frame(error, 1))

"""People who chat over a real server, peers that say anything to it, and what can be seen of its process."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import attrs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

import chatcore
from chatcore import ChatClient, ConnectionPhase, ConnectionState, ConversationId, Item, Message, Row, User, UserId
from chatcore.adapters.system import SystemIds
from chatcore.testing.server_process import ServerProcess
from tests.server.places import Nodes
from tests.waiting import until

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

PASSWORD = "correct horse battery"


class Chat:
    """The people on a server; leaving the block closes their clients.

    Tests may share a server: everybody gets a name that nobody of another test has.
    """

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self._turn = 0
        self._stack = AsyncExitStack()
        self._family = SystemIds().user_id()[:8]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def urls(self) -> list[str]:
        """Where clients connect."""
        return self.server.urls if isinstance(self.server, Nodes) else [self.server.url]

    def name(self, first: str) -> str:
        """Return the full name of somebody."""
        return f"{first}-{self._family}"

    async def users(self, *first_names: str) -> list[ChatClient]:
        """Register people, and wait until they see each other."""
        clients = [await self.user(first) for first in first_names]
        everybody = {client.me.id for client in clients}
        await until(lambda: all(_actives(client) >= everybody - {client.me.id} for client in clients))
        return clients

    async def user(self, first: str) -> ChatClient:
        """Register somebody."""
        client = await self.client()
        await client.register(self.name(first), PASSWORD)
        await until(lambda: client.replica.complete)
        return client

    async def returning(self, first: str) -> ChatClient:
        """Log somebody in who is registered."""
        client = await self.client()
        await client.log_in(self.name(first), PASSWORD)
        await until(lambda: client.replica.complete)
        return client

    async def client(self, token: str | None = None) -> ChatClient:
        """Open a client; with a token it goes on with that session, beside others that do.

        Where there are several servers each client comes to the next one.
        """
        self._turn += 1
        url = self.urls[self._turn % len(self.urls)]
        return await self._stack.enter_async_context(chatcore.connect(url, token=token))

    async def leave(self, client: ChatClient) -> None:
        """Close a client before the end."""
        await client.__aexit__(None, None, None)


def _actives(client: ChatClient) -> set[UserId]:
    return {row.user for row in client.replica.rows if row.active and row.user}


@attrs.define
class Diary(chatcore.Observer):
    """All that an observer was told; `rows` and `timelines` are kept by the changes alone."""

    rows: list[Row] = attrs.field(factory=list)
    timelines: dict[ConversationId, list[Item]] = attrs.field(factory=dict)
    messages: list[Message] = attrs.field(factory=list)
    registered: list[User] = attrs.field(factory=list)
    presence: list[tuple[User, bool]] = attrs.field(factory=list)
    readers: dict[tuple[ConversationId, int], int] = attrs.field(factory=dict)
    phases: list[ConnectionPhase] = attrs.field(factory=list)

    def connection_changed(self, state: ConnectionState) -> None:
        self.phases.append(state.phase)

    def rows_changed(self, changes: list[chatcore.Change[Row]]) -> None:
        chatcore.apply_changes(self.rows, changes)

    def timeline_changed(self, conversation: ConversationId, changes: list[chatcore.Change[Item]]) -> None:
        chatcore.apply_changes(self.timelines.setdefault(conversation, []), changes)

    def message_received(self, message: Message) -> None:
        self.messages.append(message)

    def messages_read(self, conversation: ConversationId, readers: Mapping[int, int]) -> None:
        self.readers.update({(conversation, seq): number for seq, number in readers.items()})

    def user_registered(self, user: User) -> None:
        self.registered.append(user)

    def presence_changed(self, user: User, active: bool) -> None:
        self.presence.append((user, active))

    @property
    def texts(self) -> list[str]:
        """What others wrote, in the order in which it was told."""
        return [message.text for message in self.messages]


def diary_of(client: ChatClient) -> Diary:
    """Keep a diary for a client from now on."""
    diary = Diary()
    client.subscribe(diary)
    return diary


def row_of(client: ChatClient, conversation: ConversationId) -> Row:
    """Return a client's row of a conversation."""
    return next(row for row in client.replica.rows if row.conversation == conversation)


def look_at(client: ChatClient, conversation: ConversationId, *seqs: int) -> None:
    """Let somebody look at messages: the conversation is open, its window active, these are on the screen."""
    client.opened(conversation)
    client.window_active(True)
    client.visible(conversation, seqs)


# ---- peers made by hand


class Peer:
    """A WebSocket on which a test says what it likes; frames are dicts."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.me: dict[str, Any] = {}
        self.token = ""

    async def say(self, **fields: object) -> None:
        """Send a frame."""
        await self.socket.send(json.dumps(fields))

    async def hear(self) -> dict[str, Any]:
        """Return the next frame."""
        frame: dict[str, Any] = json.loads(await self.socket.recv())
        return frame

    async def hear_until(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the next frame of which that is true, and pass over those before."""
        while not is_it(frame := await self.hear()):
            pass
        return frame

    async def answer(self, number: int) -> dict[str, Any]:
        """Return the frame that answers the request of this number, and pass over those before."""
        return await self.hear_until(lambda frame: frame.get("id") == number)

    async def ask(self, number: int, kind: str, **fields: object) -> dict[str, Any]:
        """Send a request and give its answer."""
        await self.say(type=kind, id=number, **fields)
        return await self.answer(number)

    async def hear_out(self) -> list[dict[str, Any]]:
        """Return all frames up to the end of the connection."""
        frames = []
        try:
            while True:
                frames.append(await self.hear())
        except ConnectionClosed:
            return frames

    def vanish(self) -> None:
        """Break the connection without a word."""
        self.socket.transport.abort()

    async def enter(self, **credentials: object) -> None:
        """Log in with a frame of the protocol."""
        logged_in = await self.ask(1, **credentials)  # type: ignore[arg-type]
        self.me, self.token = logged_in["user"], logged_in["token"]
        await self.hear_until(lambda frame: frame["type"] == "snapshot")


@asynccontextmanager
async def stranger(server: ServerProcess) -> AsyncIterator[Peer]:
    """A peer that has said nothing yet."""
    async with connect(server.url, compression=None, proxy=None) as socket:
        yield Peer(socket)


@asynccontextmanager
async def greeted(server: ServerProcess) -> AsyncIterator[Peer]:
    """A peer that agreed on the version."""
    async with stranger(server) as peer:
        await peer.say(type="hello", versions=[2], instance=SystemIds().instance())
        await peer.hear()
        yield peer


@asynccontextmanager
async def resumed(client: ChatClient, server: ServerProcess) -> AsyncIterator[Peer]:
    """A peer that goes on with a client's session."""
    async with greeted(server) as peer:
        await peer.enter(kind="resume", token=client.token, told=None)
        yield peer


HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@asynccontextmanager
async def tcp(
    server: ServerProcess, said: bytes = b""
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A TCP connection on which something was said at first."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(said)
        yield reader, writer
    finally:
        writer.transport.abort()


def wire_frame(payload: bytes, *, opcode: int = 1, last: bool = True) -> bytes:
    """Make a masked WebSocket frame, RFC 6455 section 5.2; the mask is zero."""
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 2**16:
        length = b"\xfe" + size.to_bytes(2)
    else:
        length = b"\xff" + size.to_bytes(8)
    return bytes([(0x80 if last else 0) | opcode]) + length + bytes(4) + payload


# ---- the process


def memory(server: ServerProcess) -> int:
    """Return the bytes of memory that the server's process has (Linux)."""
    assert server._process is not None
    pages = int(Path(f"/proc/{server._process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")

"""Records a server under load: what it did to its database's files, and what it told whom in between."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import attrs

from chatcore.adapters.system import SystemIds
from chatcore.adapters.websocket import WebSocketDialer
from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.ids import ClientId, ConversationId, Token, UserId
from chatcore.domain.messages import Message
from chatcore.ports.transport import Link, OutFrame
from chatcore.testing.server_process import ServerProcess
from chatcore.wire import frames as f
from chatcore.wire.codec import client_frames, server_frames

from .crowd import PASSWORD
from .part import in_memory
from .shim import recording
from .trace import File, Record, read_trace, told

PEOPLE = ("alice", "bob", "carol")
MANY = 200
"""Posts of one, with which the write-ahead log grows so long that it is written into the file in the middle of them."""


@attrs.frozen
class Asked:
    """A post as it was sent. Its request's number is never used again, on whatever connection."""

    sender: UserId
    conversation: ConversationId
    client_id: ClientId
    text: str


@attrs.frozen
class Recording:
    """All records, and what had been told when."""

    records: Sequence[Record]
    "Of the disk alone."
    messages: Sequence[tuple[int, Message]]
    "Each time a message was told, as an answer or an event: how many of the records stand before, and the message."
    asked: Mapping[tuple[UserId, ClientId], Asked]


async def record(rounds: int, seed: int, module: str = "chatcore_server") -> Recording:
    """Record a server from its first start on: clients, a kill, a stop, and a load in between each time."""
    with TemporaryDirectory(dir=in_memory()) as folder:
        db, trace = Path(folder) / "chat.db", Path(folder) / "trace"
        server = ServerProcess(db, environment=recording(db, trace), module=module)
        load = _Load(Random(seed))
        async with server:
            for name in PEOPLE:
                await load.register(server.url, name)
            for _ in range(rounds):
                await load.run(server.url)
                await server.restart()
                await load.run(server.url)
                await server.terminate()
                await server.start()
            await load.run(server.url, MANY)
        return _joined(read_trace(trace.read_bytes()), load.asked)


class _Load:
    """People whose clients speak the protocol by hand, so that each request has a number of its own for ever."""

    def __init__(self, chance: Random) -> None:
        self.asked: dict[int, Asked] = {}
        self._chance = chance
        self._people: dict[UserId, Token] = {}
        self._number = 0
        self._ids = SystemIds()
        self._encode, self._decode = client_frames().encode, server_frames().decode

    async def register(self, url: str, name: str) -> None:
        link = await WebSocketDialer().dial(url)
        entered = await self._enter(link, lambda number: f.Register(number, name, PASSWORD))
        assert entered.token
        self._people[entered.user.id] = entered.token
        link.abort()

    async def run(self, url: str, posts: int = 60) -> None:
        """Let everybody post, many posts at a time, and mark what they hear of."""
        await asyncio.gather(*(self._post(url, user, posts) for user in self._people))

    async def _post(self, url: str, user: UserId, posts: int) -> None:
        link = await WebSocketDialer().dial(url)
        await self._enter(link, lambda number: f.Resume(number, self._people[user], None))
        waiting: set[int] = set()
        for _ in range(posts):
            number = self._next()
            self.asked[number] = asked = self._new(user)
            waiting.add(number)
            self._send(link, f.Post(number, asked.conversation, asked.client_id, asked.text))
            while len(waiting) >= self._chance.choice((1, 4, 30)):
                await self._take(link, waiting)
        while waiting:
            await self._take(link, waiting)
        link.abort()

    async def _take(self, link: Link, waiting: set[int]) -> None:
        frame = self._decode(await link.receive())
        if isinstance(frame, f.Posted):
            waiting.discard(frame.id)
        elif isinstance(frame, f.MessageEvent) and self._chance.random() < 0.05:
            self._send(link, f.Mark(self._next(), frame.message.conversation, (frame.message.seq,)))

    def _new(self, user: UserId) -> Asked:
        others = [other for other in self._people if other != user]
        conversation = GENERAL if self._chance.random() < 0.5 else direct(user, self._chance.choice(others))
        text = "x" * self._chance.choice((5, 100, 4_000))
        return Asked(user, conversation, self._ids.client_id(self._number), text)

    async def _enter(self, link: Link, make: object) -> f.LoggedIn:
        self._send(link, f.Hello((f.VERSION,), self._ids.instance()))
        self._send(link, make(self._next()))  # type: ignore[operator]
        while True:
            frame = self._decode(await link.receive())
            if isinstance(frame, f.LoggedIn):
                return frame

    def _send(self, link: Link, frame: f.ClientFrame) -> None:
        link.write([OutFrame(self._encode(frame))])

    def _next(self) -> int:
        self._number += 1
        return self._number


def _joined(records: Sequence[Record], asked: Mapping[int, Asked]) -> Recording:
    """Put the places of what was told among the records of the disk."""
    places, disk = [0], list[Record]()
    for one in records:
        if one.file not in {File.NONE, File.CLIENT}:
            disk.append(one)
        places.append(len(disk))
    messages = []
    for place, _, frame in told(list(records)):
        match frame:
            case f.MessageEvent(message):
                messages.append((places[place], message))
            case f.Posted(number, seq, at, live, own, log_number):
                a = asked[number]
                message = Message(a.conversation, seq, a.sender, a.client_id, a.text, at, live, own, log_number)
                messages.append((places[place], message))
            case _:
                pass  # of other frames no message is told
    return Recording(disk, messages, {(a.sender, a.client_id): a for a in asked.values()})

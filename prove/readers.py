"""Connections made by hand, as many as one likes: they log in by a token, count what they get, and parse nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.system import SystemClock
from chatcore.domain.ids import Token, UserId
from chatcore.domain.users import AccountName, NewUser
from chatcore.service.accounts import digest

MESSAGE = b'"type":"message"'

REFUSAL = b'"type":"error",'
"""As long as MESSAGE, so that neither is counted twice where a part ends."""

PING, PONG = b"\x89\x04", b"\x8a\x84\0\0\0\0"
"""How a ping of the server's begins, and its answer: neither is in a text in UTF-8 that is JSON."""

PING_BYTES = len(PING) + 4

PATIENCE = 60.0
"""Seconds within which a connection must be let in."""


def handshake(address: str = "") -> bytes:
    """Return what opens a WebSocket; `address` is who a proxy says is behind it."""
    behind = f"X-Forwarded-For: {address}\r\n" if address else ""
    return (
        f"GET / HTTP/1.1\r\nHost: x\r\n{behind}Upgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def say(**frame: object) -> bytes:
    """Return a frame on the wire: masked with zeros (RFC 6455, section 5.2)."""
    payload = json.dumps(frame, ensure_ascii=False).encode()
    size = len(payload)
    short = 126
    length = bytes([0x80 | size]) if size < short else b"\xfe" + size.to_bytes(2)
    return b"\x81" + length + bytes(4) + payload


def _pings(data: bytes) -> Iterator[int]:
    """Return where whole pings begin. One at the end of a part is found again with the next: two answers do no harm."""
    at = data.find(PING)
    while 0 <= at <= len(data) - PING_BYTES:
        yield at
        at = data.find(PING, at + PING_BYTES)


class Reader(asyncio.Protocol):
    """A connection that counts what it gets, and looks at nothing else but pings."""

    def __init__(self) -> None:
        self.messages = self.refusals = 0
        self.is_open = self.is_in = self.is_lost = False
        self._rest, self._stirred = b"", asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Count; what is looked for may begin in one part and end in the next."""
        data = self._rest + data
        self.messages += data.count(MESSAGE)
        self.refusals += data.count(REFUSAL)
        self.is_open = self.is_open or b"101 " in data
        self.is_in = self.is_in or b'"type":"snapshot"' in data
        for at in _pings(data):
            self.transport.write(PONG + data[at + len(PING) : at + PING_BYTES])
        self._rest = data[1 - len(MESSAGE) :]
        self._stirred.set()

    def connection_lost(self, _: Exception | None) -> None:
        """It has ended."""
        self.is_lost = True
        self._stirred.set()

    async def until(self, holds: Callable[[Reader], object]) -> None:
        """Wait until something holds of it, or it is lost."""
        async with asyncio.timeout(PATIENCE):
            while not (holds(self) or self.is_lost):
                self._stirred.clear()
                await self._stirred.wait()


def token(number: int) -> Token:
    """Return the token of a user's session."""
    return Token(f"{number:043}")


def name(number: int) -> str:
    """Return a user's name."""
    return f"user-{number}"


async def filled(path: Path, users: int, password_hash: str = "hash") -> Path:  # noqa: S107 - no password has it
    """Make a database in which all have a session: logging in costs a hash each."""
    now_ms = SystemClock().now_ms()
    async with SqliteStorage(path) as storage:
        for number in range(users):
            user = UserId(f"{number:016x}")
            await storage.add_user(NewUser(user, AccountName(name(number), name(number)), password_hash), now_ms)
            await storage.add_session(digest(token(number)), user, now_ms)
    return path


async def stranger(port: int, address: str = "") -> Reader:
    """Open a WebSocket and say nothing on it; return once it is open, or thrown out again."""
    _, reader = await asyncio.get_running_loop().create_connection(Reader, "127.0.0.1", port)
    reader.transport.write(handshake(address))
    await reader.until(lambda each: each.is_open)
    return reader


async def enter(port: int, number: int) -> Reader:
    """Go on with a user's session; return with the snapshot read."""
    _, reader = await asyncio.get_running_loop().create_connection(Reader, "127.0.0.1", port)
    reader.transport.write(handshake() + say(type="hello", versions=[2], instance=""))
    reader.transport.write(say(type="resume", id=1, token=token(number), told=None))
    await reader.until(lambda each: each.is_in)
    return reader

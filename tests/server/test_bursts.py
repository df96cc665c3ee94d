"""Nobody who reads is thrown off, whatever one user writes: 500 readers, and 64 of the longest messages at once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import cast

from chatcore import GENERAL, UserId
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.system import SystemClock
from chatcore.domain.ids import Token
from chatcore.domain.users import AccountName, NewUser
from chatcore.process.limits import allow_many_files
from chatcore.service.accounts import digest
from chatcore.testing.server_process import ServerProcess
from chatcore.wire.limits import ENTRY_TIME
from tests.server.network import HANDSHAKE, wire_frame
from tests.waiting import until

READERS, POSTS = 500, 64
COME_BACK = 1_000
LONGEST = "\U0001f986" * 4_000


MESSAGE = b'"type":"message"'


class Reader(asyncio.Protocol):
    """A connection that counts what it gets, and looks at nothing else."""

    def __init__(self) -> None:
        self.messages = 0
        self.is_in = self.is_lost = False
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Count; what is looked for may begin in one part and end in the next."""
        data = self._rest + data
        self.messages += data.count(MESSAGE)
        self.is_in = self.is_in or b'"type":"snapshot"' in data
        self._rest = data[1 - len(MESSAGE) :]

    def connection_lost(self, _: Exception | None) -> None:
        """It has ended."""
        self.is_lost = True


def token(number: int) -> Token:
    """Return the token of a user's session."""
    return Token(f"{number:043}")


async def filled(path: Path, users: int = READERS + 1) -> Path:
    """Make a database in which all have a session: logging in costs a hash each."""
    now_ms = SystemClock().now_ms()
    async with SqliteStorage(path) as storage:
        for number in range(users):
            user = UserId(f"{number:016x}")
            await storage.add_user(NewUser(user, AccountName(f"user-{number}", f"user-{number}"), "hash"), now_ms)
            await storage.add_session(digest(token(number)), user, now_ms)
    return path


def say(**frame: object) -> bytes:
    """Return a frame on the wire."""
    return wire_frame(json.dumps(frame, ensure_ascii=False).encode())


async def enter(port: int, number: int) -> Reader:
    """Go on with a user's session; return with the snapshot read."""
    _, reader = await asyncio.get_running_loop().create_connection(Reader, "127.0.0.1", port)
    reader.transport.write(HANDSHAKE + say(type="hello", versions=[2], instance=""))
    reader.transport.write(say(type="resume", id=1, token=token(number), told=None))
    await until(lambda: reader.is_in)
    return reader


async def test_64_of_the_longest_messages_at_once_throw_none_of_500_readers_off(tmp_path: Path) -> None:
    async with ServerProcess(await filled(tmp_path / "chat.db")) as server:
        author, *readers = [await enter(server.port, number) for number in range(READERS + 1)]

        for number in range(1, POSTS + 1):
            post = say(type="post", id=number + 1, conversation=GENERAL, client_id=f"c{number}", text=LONGEST)
            author.transport.write(post)
        await until(lambda: all(reader.is_lost or reader.messages == POSTS for reader in readers), 120)

        assert sum(reader.is_lost for reader in readers) == 0
        for reader in (author, *readers):
            reader.transport.abort()


async def test_a_thousand_people_who_come_back_at_once_after_a_restart_all_get_in(tmp_path: Path) -> None:
    allow_many_files()
    people = range(COME_BACK)
    async with ServerProcess(await filled(tmp_path / "chat.db", COME_BACK), "--throttling", "normal") as server:
        for number in range(10):
            (await enter(server.port, number)).transport.abort()
        await server.restart()

        clock = SystemClock()
        start = clock.monotonic()
        back = await asyncio.gather(*(enter(server.port, number) for number in people))
        took = clock.monotonic() - start

        assert [number for number in people if back[number].is_lost] == []
        assert took < 3 * ENTRY_TIME
        for each in back:
            each.transport.abort()

"""Nobody who reads is thrown off, whatever one user writes: 500 readers, and 64 of the longest messages at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chatcore import GENERAL
from chatcore.adapters.system import SystemClock
from chatcore.process.limits import allow_many_files
from chatcore.testing.server_process import ServerProcess
from chatcore.wire.limits import ENTRY_TIME
from prove.readers import enter, filled, say
from tests.waiting import until

pytestmark = pytest.mark.checkout

READERS, POSTS = 500, 64
COME_BACK = 1_000
LONGEST = "\U0001f986" * 4_000


async def test_64_of_the_longest_messages_at_once_throw_none_of_500_readers_off(tmp_path: Path) -> None:
    async with ServerProcess(await filled(tmp_path / "chat.db", READERS + 1)) as server:
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

"""A server looks whether its database is still in its place, and fails when it is not."""

import asyncio

import pytest

from chatcore.errors import StorageError
from chatcore.host.watch import PAUSE, Watched
from chatcore.testing.clock import VirtualClock
from tests.waiting import until


class Chat:
    """Fails when it is told to."""

    def __init__(self) -> None:
        self.failing: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def failure(self) -> None:
        await asyncio.shield(self.failing)


class Place:
    """Where a database is, or is no longer."""

    def __init__(self) -> None:
        self.looks = 0
        self.is_gone = False

    def check(self) -> None:
        self.looks += 1
        if self.is_gone:
            msg = "gone"
            raise StorageError(msg)


async def test_it_is_noticed_within_seconds() -> None:
    clock, place = VirtualClock(), Place()
    watching = asyncio.create_task(Watched(Chat(), place.check, clock).failure())
    await until(lambda: clock.advance() and place.looks >= 3)
    assert not watching.done()

    place.is_gone = True
    gone_at = clock.monotonic()
    await until(lambda: watching.done() or not clock.advance())

    with pytest.raises(StorageError, match="gone"):
        await watching
    assert PAUSE < 5
    assert clock.monotonic() - gone_at < 10


async def test_a_failure_of_the_chat_is_told_at_once() -> None:
    chat = Chat()
    watched = Watched(chat, Place().check, VirtualClock())
    watching = asyncio.create_task(watched.failure())
    chat.failing.set_exception(StorageError("disk on fire"))

    with pytest.raises(StorageError, match="disk on fire"):
        await watching

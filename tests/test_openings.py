"""An opening that fails halfway leaves nothing behind: the next try, in the same program, finds all as it was."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from chatcore.adapters import journal_file
from chatcore.adapters.argon2 import LOW, Argon2Hasher
from chatcore.adapters.journal_file import JournalFile
from chatcore.adapters.local_bus import LocalBus
from chatcore.adapters.memory import MemoryStorage
from chatcore.adapters.outbox_file import OutboxFile
from chatcore.domain.conversations import GENERAL
from chatcore.domain.ids import ClientId, UserId
from chatcore.errors import StorageError
from chatcore.host.host import Host
from chatcore.ports.commits import CommitListener
from chatcore.ports.outbox import KeptPost
from chatcore.testing import VirtualClock
from chatcore.testing.fakes import QuickHasher, SeededIds

POST = KeptPost(UserId("00000000000000aa"), GENERAL, ClientId("one"), "hello", 0)


class Failing:
    """Lets the n-th call of a function fail."""

    def __init__(self, number: int) -> None:
        self.left = number

    def around(self, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            self.left -= 1
            if self.left == 0:
                raise OSError(5, "input/output error")
            return real(*arguments, **named)

        return call


def files_open() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not list what is open")
def test_an_outbox_that_could_not_be_opened_can_be_opened_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the system refuses, at whichever step: no lock and no file stays open."""
    first, second = OutboxFile(tmp_path / "outbox"), OutboxFile(tmp_path / "outbox")
    first.open()
    second.open()
    second.keep(POST)  # so that there is something to take over
    first.close()
    second.close()
    opened, failed, number = files_open(), 0, 0
    while failed == number:
        number += 1
        failing = Failing(number)
        with monkeypatch.context() as patch:
            for module, name in (
                (os, "open"),
                (os, "fstat"),
                (journal_file, "lock_descriptor"),
                (JournalFile, "_read"),
            ):
                patch.setattr(module, name, failing.around(getattr(module, name)))
            outbox = OutboxFile(tmp_path / "outbox")
            try:
                outbox.open()
            except StorageError:
                assert files_open() == opened, number
            outbox.close()
        failed += failing.left <= 0
        assert files_open() == opened, number

        again = OutboxFile(tmp_path / "outbox")
        assert list(again.open()) == [POST], number
        again.close()
    assert number > 4


async def test_a_hasher_that_could_not_begin_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Argon2Hasher(LOW)

    async def fail(_password: str) -> str:
        await hasher._run(int)  # so that there is a thread
        raise MemoryError

    monkeypatch.setattr(hasher, "hash", fail)

    with pytest.raises(MemoryError):
        await hasher.__aenter__()

    for thread in threading.enumerate():
        if thread.name.startswith("argon2"):
            thread.join(10)
            assert not thread.is_alive()


async def test_a_host_whose_bus_fails_listens_to_no_commits() -> None:
    class Storage(MemoryStorage):
        listeners = 0

        def listen(self, listener: CommitListener) -> Callable[[], None]:
            end = super().listen(listener)
            self.listeners += 1

            def ended() -> None:
                self.listeners -= 1
                end()

            return ended

    class Bus(LocalBus):
        def subscribe(self, *_arguments: object) -> Callable[[], None]:
            raise OSError("no bus")

    storage = Storage()
    host = Host(storage=storage, bus=Bus(), clock=VirtualClock(), ids=SeededIds(0), hasher=QuickHasher())

    with pytest.raises(OSError, match="no bus"):
        await host.__aenter__()

    assert storage.listeners == 0

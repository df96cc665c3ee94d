"""The life of a server: announced, told to stop, drained, or ended by its storage."""

import asyncio
import os
import resource
import signal
from http import HTTPStatus

import pytest

import chatcore_server.server as server_module
from chatcore.adapters.memory import MemoryStorage
from chatcore.errors import StorageError
from chatcore.process.limits import allow_many_files
from chatcore_server.health import Health
from chatcore_server.server import Server


class Stage:
    """A chat and its listener that note what is asked of them."""

    url = "ws://127.0.0.1:1"

    def __init__(self, *, drains: bool = True) -> None:
        self.said: list[str] = []
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.health = Health(MemoryStorage())
        self._drains = drains

    def stop(self) -> None:
        self.said.append(f"stop, ready {not self.health.is_draining}")

    async def drain(self) -> None:
        self.said.append("drain")
        if not self._drains:
            await asyncio.Event().wait()

    async def failure(self) -> None:
        await self.broken

    def announce(self, url: str) -> None:
        self.said.append(url)
        os.kill(os.getpid(), signal.SIGTERM)

    async def run(self) -> None:
        await Server(self, self, self.health).run(self.announce)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_server_told_to_stop_lets_nobody_in_any_more_and_then_drains(number: signal.Signals) -> None:
    stage = Stage()

    await Server(stage, stage, stage.health).run(lambda _: os.kill(os.getpid(), number))

    assert stage.said == ["stop, ready False", "drain"]


async def test_the_url_is_announced_before_anything_else() -> None:
    stage = Stage()

    await stage.run()

    assert stage.said[0] == "ws://127.0.0.1:1"


async def test_draining_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(server_module, "DRAIN_TIME", 0.01)
    stage = Stage(drains=False)

    await stage.run()

    assert "not all clients could be told" in caplog.text


async def test_a_failed_storage_ends_the_server_without_draining() -> None:
    stage = Stage()

    with pytest.raises(StorageError, match="disk on fire"):
        await Server(stage, stage, stage.health).run(lambda _: stage.broken.set_exception(StorageError("disk on fire")))

    assert stage.said == []
    assert (await stage.health.ready())[0] == HTTPStatus.SERVICE_UNAVAILABLE


class FailsWhileDraining(Stage):
    async def drain(self) -> None:
        self.broken.set_exception(StorageError("disk on fire"))


async def test_a_storage_that_fails_while_draining_is_not_a_good_end() -> None:
    with pytest.raises(StorageError, match="disk on fire"):
        await FailsWhileDraining().run()


async def test_signals_are_as_they_were_when_the_server_has_ended() -> None:
    before = signal.getsignal(signal.SIGTERM)

    await Stage().run()

    assert signal.getsignal(signal.SIGTERM) == before


def test_as_many_files_may_be_open_as_the_machine_allows() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))

        allow_many_files()

        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

"""What the health pages say."""

import pytest

import chatcore_server.health as health_module
from chatcore.adapters.memory import MemoryStorage
from chatcore.adapters.system import SystemClock
from chatcore.domain.ids import UserId
from chatcore.domain.users import User
from chatcore.errors import StorageError
from chatcore_server.health import Health


class BrokenStorage(MemoryStorage):
    async def user(self, user: UserId) -> User | None:
        raise StorageError


class SilentStorage(MemoryStorage):
    async def user(self, user: UserId) -> User | None:
        await SystemClock().sleep(3600)
        return None


@pytest.fixture
async def storage() -> MemoryStorage:
    return MemoryStorage()


async def test_a_server_that_works_is_alive_and_ready(storage: MemoryStorage) -> None:
    pages = Health(storage).pages

    assert await pages["/healthz"]() == (200, "alive\n")
    assert await pages["/readyz"]() == (200, "ready\n")


async def test_a_server_whose_storage_is_broken_is_alive_and_not_ready() -> None:
    health = Health(BrokenStorage())

    assert (await health.alive())[0] == 200
    assert await health.ready() == (503, "the storage does not answer\n")


async def test_a_storage_that_does_not_answer_in_time_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_module, "PATIENCE", 0.01)

    assert await Health(SilentStorage()).ready() == (503, "the storage does not answer\n")


async def test_a_server_that_is_stopping_is_alive_and_not_ready(storage: MemoryStorage) -> None:
    health = Health(storage)

    health.is_draining = True

    assert (await health.alive())[0] == 200
    assert await health.ready() == (503, "the server is stopping\n")

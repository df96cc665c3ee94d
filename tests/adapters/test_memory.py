"""The storage in memory keeps the port's promises."""

from collections.abc import Sequence

import pytest

from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.messages import Message
from chatcore.ports.storage import Storage
from chatcore.testing.contracts.recent_marks import RecentMarksContract
from chatcore.testing.contracts.storage import StorageContract


class TestMemoryStorage(StorageContract, RecentMarksContract):
    @pytest.fixture
    def storage(self) -> MemoryStorage:
        return MemoryStorage()

    async def seed(self, storage: Storage, messages: Sequence[Message]) -> None:
        assert isinstance(storage, MemoryStorage)
        storage.seed(messages)

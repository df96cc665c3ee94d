"""The storage in a SQLite file keeps the port's promises."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.domain.messages import Message
from chatcore.ports.storage import Storage
from chatcore.testing.storage_contract import StorageContract


class TestSqliteStorage(StorageContract):
    heads = 10_000

    @pytest.fixture
    async def storage(self, tmp_path: Path) -> AsyncIterator[SqliteStorage]:
        async with AsyncExitStack() as self.stack:
            yield await self.stack.enter_async_context(SqliteStorage(tmp_path / "chat.db", heads=self.heads))

    async def reopen(self, storage: Storage) -> SqliteStorage:
        assert isinstance(storage, SqliteStorage)
        await storage.close()
        return await self.stack.enter_async_context(SqliteStorage(storage.path, heads=self.heads))

    async def seed(self, storage: Storage, messages: Sequence[Message]) -> None:
        assert isinstance(storage, SqliteStorage)
        for n, m in enumerate(messages, 1):
            row = (n, m.conversation, m.seq, m.sender, m.client_id, m.text, m.sent_at_ms, m.live, m.own, 0)
            await storage._opened.database.write("insert into message values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


class TestSqliteStorageThatForgets(TestSqliteStorage):
    """The same with room for so few heads that nearly every batch has to load them."""

    heads = 1

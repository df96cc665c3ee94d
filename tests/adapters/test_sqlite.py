"""The storage in a SQLite file keeps the port's promises."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.domain.generations import KEPT, Point
from chatcore.domain.messages import Message
from chatcore.ports.storage import Storage
from chatcore.testing.contracts.storage import StorageContract
from chatcore.testing.contracts.storage_base import ALICE


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


async def test_p18_a_server_that_is_started_for_ever_does_not_fill_the_database(tmp_path: Path) -> None:
    async with SqliteStorage(tmp_path / "chat.db") as storage:
        many = "with recursive n (n) as (values (1) union all select n + 1 from n where n < ?)"
        insert = f"{many} insert into generation select n, 'start ' || n, 0, 0 from n"  # noqa: S608 - only constants
        await storage._opened.database.write(insert, (KEPT,))
    async with SqliteStorage(tmp_path / "chat.db") as storage:
        await storage.begin("one more")
    async with SqliteStorage(tmp_path / "chat.db") as storage:
        ((count,),) = await storage._opened.database.read("select count(*) from generation")
        holds = [(await storage.overview(ALICE, 0, Point(f"start {n}", 0, 0))).is_same for n in (1, 2, KEPT)]

    assert count == KEPT
    assert holds == [False, True, True]

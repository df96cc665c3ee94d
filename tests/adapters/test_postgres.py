"""The storage in PostgreSQL keeps the port's promises."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

import asyncpg
import pytest

from chatcore.adapters.postgres import PostgresStorage
from chatcore.domain.messages import Message
from chatcore.ports.storage import Storage
from chatcore.testing.contracts.recent_marks import RecentMarksContract
from chatcore.testing.contracts.storage import StorageContract

HELD = """
select exists (select from pg_locks join pg_database on pg_database.oid = pg_locks.database
where locktype = 'advisory' and datname = current_database())
"""


async def until_let_go(url: str) -> None:
    """Wait until PostgreSQL has noticed that who was at work has ended: whoever begins before is not alone."""
    connection = await asyncpg.connect(url)
    while await connection.fetchval(HELD):
        pass
    await connection.close()


class TestPostgresStorage(StorageContract, RecentMarksContract):
    @pytest.fixture
    async def storage(self, database: str) -> AsyncIterator[PostgresStorage]:
        async with AsyncExitStack() as self.stack:
            yield await self.stack.enter_async_context(PostgresStorage(database, has_given_times=True))

    async def reopen(self, storage: Storage) -> PostgresStorage:
        assert isinstance(storage, PostgresStorage)
        await storage.close()
        await until_let_go(storage.address.url)
        return await self.stack.enter_async_context(PostgresStorage(storage.address.url, has_given_times=True))

    async def seed(self, storage: Storage, messages: Sequence[Message]) -> None:
        assert isinstance(storage, PostgresStorage)
        async with storage._opened.database.transaction() as transaction:
            for n, m in enumerate(messages, 1):
                row = (n, m.conversation, m.seq, m.sender, m.client_id, m.text, m.sent_at_ms, m.live, m.own)
                await transaction.run("insert into message values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", *row)
            await transaction.run("select setval('log_number', $1)", len(messages))

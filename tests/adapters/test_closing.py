"""A database that is closed while it is read from: whoever reads has the answer, and nobody a driver's own error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from chatcore.adapters.postgres import PostgresStorage
from chatcore.adapters.sqlite import SqliteStorage
from tests.turns import turns

Make = Callable[[], SqliteStorage | PostgresStorage]


@pytest.fixture(params=["sqlite", "postgres"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Make what is not open yet."""
    if request.param == "sqlite":
        return lambda: SqliteStorage(tmp_path / "chat.db")
    url: str = request.getfixturevalue("database")
    return lambda: PostgresStorage(url)


async def test_whoever_reads_while_it_is_closed_has_the_answer(make: Make) -> None:
    for count in (1, 2, 3, 5, 8, 13, 20, 40):
        storage = make()
        await storage.open()
        reading = [asyncio.ensure_future(storage.happenings(None, 10)) for _ in range(20)]
        await turns(count)

        await storage.close()

        assert [read.is_same for read in await asyncio.gather(*reading)] == [True] * 20

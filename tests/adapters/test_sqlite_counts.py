"""Tallies that many ask for at once: few queries, and everybody has an answer of their own."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.sqlite.counts import MOST
from chatcore.domain.conversations import GENERAL
from chatcore.domain.tallies import Tally
from chatcore.errors import StorageError, StorageUnavailable
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, ALICE_CAROL, BOB, CAROL, enrol, read, send
from tests.damage import damage
from tests.turns import turns


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


def count_queries(storage: SqliteStorage) -> list[str]:
    """Return a list that grows with each query of the connections that only read."""
    queries: list[str] = []
    database = storage._opened.database
    ask = database.read

    async def counted(sql: str, parameters: Iterable[Any] = ()) -> list[Any]:
        queries.append(sql)
        return await ask(sql, parameters)

    database.read = counted  # type: ignore[method-assign]
    return queries


async def test_who_ask_at_once_share_a_query_and_each_is_told_their_own_numbers(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB, CAROL)
        await send(storage, ALICE, ALICE_BOB, "one", "two", "three")
        await send(storage, CAROL, ALICE_CAROL, "one")
        await read(storage, BOB, ALICE_BOB, 1)
        queries = count_queries(storage)
        asked = [(ALICE, ALICE_BOB), (BOB, ALICE_BOB), (ALICE, ALICE_CAROL), (CAROL, GENERAL), (BOB, ALICE_BOB)]

        told = await asyncio.gather(*(storage.tally(*each) for each in asked * MOST))

        assert [(t.conversation, t.seq, t.unread) for t in told] == MOST * [
            (ALICE_BOB, 3, 0),
            (ALICE_BOB, 3, 2),
            (ALICE_CAROL, 1, 1),
            (GENERAL, 0, 0),
            (ALICE_BOB, 3, 2),
        ]
        assert len(queries) == len(asked)


async def test_who_goes_away_meanwhile_takes_nobody_along(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB)
        await send(storage, ALICE, ALICE_BOB, "one")
        for moment in range(6):
            first, second = (asyncio.ensure_future(storage.tally(BOB, ALICE_BOB)) for _ in range(2))
            await turns(moment)
            first.cancel()

            assert (await second).unread == 1
            assert (await storage.tally(BOB, ALICE_BOB)).unread == 1


async def test_numbers_that_cannot_be_read_are_the_error_of_whoever_asks_for_them_alone(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB, CAROL)
        await send(storage, ALICE, ALICE_BOB, "spoilt-here " + "x" * 3_000)
        await send(storage, ALICE, ALICE_CAROL, "well " + "x" * 3_000)
    damage(path, "spoilt-here ")

    async with SqliteStorage(path) as storage:
        well, spoilt = await asyncio.gather(
            storage.tally(CAROL, ALICE_CAROL), storage.tally(BOB, ALICE_BOB), return_exceptions=True
        )
        assert isinstance(well, Tally)
        assert well.unread == 1
        assert isinstance(spoilt, StorageUnavailable)


async def test_who_waits_is_told_of_an_error_that_is_everybodys(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB)

        async def failing(*_: object) -> list[Any]:
            raise StorageError("gone")

        right, storage._opened.database.read = storage._opened.database.read, failing  # type: ignore[method-assign, assignment]
        told = await asyncio.gather(*(storage.tally(BOB, GENERAL) for _ in range(2)), return_exceptions=True)
        storage._opened.database.read = right  # type: ignore[method-assign]

        assert [type(error) for error in told] == 2 * [StorageError]
        assert (await storage.tally(BOB, GENERAL)).seq == 0

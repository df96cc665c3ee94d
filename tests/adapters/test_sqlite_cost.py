"""What a SQLite storage costs: statements, commits, memory."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.sqlite.database import Database, Record
from chatcore.adapters.sqlite.log import MAX_ROWS
from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.ids import UserId
from chatcore.domain.sessions import Ages
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, BOB, NOON, enrol, post, read, told_by
from tests.waiting import until

Statement = tuple[str, Any]
Method = Callable[[Database, str, Iterable[Any]], Awaitable[list[Record]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[Statement]:
    """The statements that are run, as they are run."""
    seen: list[Statement] = []

    def recorded(method: Method) -> Method:
        async def recording(database: Database, sql: str, parameters: Iterable[Any] = ()) -> list[Record]:
            seen.append((sql, parameters))
            return await method(database, sql, parameters)

        return recording

    monkeypatch.setattr(Database, "read", recorded(Database.read))
    monkeypatch.setattr(Database, "find", recorded(Database.find))
    monkeypatch.setattr(Database, "write", recorded(Database.write))
    return seen


async def test_a_batch_of_posts_is_one_statement(path: Path, statements: list[Statement]) -> None:
    pairs = [(UserId(f"{n:016x}"), UserId(f"{n:015x}f")) for n in range(0x100, 0x120)]
    async with SqliteStorage(path) as storage:
        for round_ in range(3):
            changes = [post(a, direct(a, b), f"{round_}") for a, b in pairs]
            changes += [post(a, GENERAL, f"general-{round_}") for a, _ in pairs]
            statements.clear()

            await storage.append(changes, NOON)

        assert [sql.split()[:3] for sql, _ in statements] == [["insert", "into", "message"]]


async def test_a_batch_of_any_size_is_one_commit(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        commits = told_by(storage)

        await storage.append([post(ALICE, ALICE_BOB, f"{n}") for n in range(2 * MAX_ROWS + 1)], NOON)

        assert len(commits) == 1
        assert (await storage.tally(BOB, ALICE_BOB)).seq == 2 * MAX_ROWS + 1


async def test_a_mark_costs_the_same_however_many_runs_there_are(path: Path, statements: list[Statement]) -> None:
    async with SqliteStorage(path) as storage:
        await storage.append([post(ALICE, ALICE_BOB, f"{n}") for n in range(2_000)], NOON)
        for first in range(1, 2_000, 1_000):
            await read(storage, BOB, ALICE_BOB, *range(first, first + 1_000, 2))
        writer = storage._opened.database._writer
        statements.clear()
        before = writer.total_changes

        await read(storage, BOB, ALICE_BOB, 1_000)  # joins two runs of a thousand

        assert sum(len(str(parameters)) for _, parameters in statements) < 1_000
        assert writer.total_changes - before < 10
        page = await storage.page(BOB, ALICE_BOB, after=997, before=None, limit=5)
        assert page.read == ((999, 1_001),)


async def test_sessions_used_at_once_share_commits(path: Path, statements: list[Statement]) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE)
        for n in range(50):
            await storage.add_session(f"{n}", ALICE, NOON)
        statements.clear()

        async with storage._work._turn:  # another write takes its time
            uses = [asyncio.create_task(storage.session(f"{n}", Ages(NOON, NOON, NOON))) for n in range(50)]
            await until(lambda: len(storage._opened.sessions._uses._uses) == 50)
        await asyncio.gather(*uses)

        assert sum("update session" in sql for sql, _ in statements) == 1


async def test_heads_are_forgotten_beyond_their_number(path: Path) -> None:
    users = [UserId(f"{n:016x}") for n in range(30)]
    async with SqliteStorage(path, heads=7) as storage:
        for one, other in pairwise(users):
            await storage.append([post(one, direct(one, other), "1"), post(one, GENERAL, "2")], NOON)
        heads = storage._opened.log._heads

        assert (len(heads.of), len(heads.owns), len(heads.tops)) == (7, 7, 7)

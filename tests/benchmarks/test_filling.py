"""What benchmarks fill a database with is what a server would have written."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import filling as made
from benchmarks.filling import Filling, fill
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.sqlite.tools.faults import faults
from chatcore.adapters.sqlite.tools.snapshot import snapshot

pytestmark = pytest.mark.checkout


@pytest.mark.parametrize("is_read", [False, True])
async def test_a_filled_database_has_no_faults_and_opens(tmp_path: Path, *, is_read: bool) -> None:
    path = tmp_path / "chat.db"

    await fill(path, Filling(10, general=30, is_read=is_read))

    with snapshot(path) as connection:
        assert list(faults(connection)) == []
    async with SqliteStorage(path) as storage:
        assert len(await storage.users(0, 100)) == 10


async def test_what_was_read_is_filled_in_without_a_look_through_the_messages_for_each_user(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    await fill(path, Filling(2))

    with closing(sqlite3.connect(path)) as connection:
        plan = "\n".join(
            step for *_, step in connection.execute(f"explain query plan {made._GENERAL_READ}", {"seq": 1})
        )

    assert re.search(r"(SCAN|SEARCH) message", plan)
    assert "CORRELATED" not in plan

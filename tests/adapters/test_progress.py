"""What keeps a start waiting is told in the log, every few seconds; what is quickly done is not."""

import logging
from pathlib import Path

import pytest

from chatcore.adapters.postgres import PostgresStorage
from chatcore.adapters.postgres import migrations as postgres_migrations
from chatcore.adapters.postgres.address import SETTINGS
from chatcore.adapters.sql import progress
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.sqlite import migrations as sqlite_migrations
from chatcore.adapters.system import SystemClock
from chatcore.testing.contracts.storage_base import ALICE, BOB, enrol
from tests.postgres import Cluster
from tests.waiting import until


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """The log, in which everything is told at once that takes any time."""
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    caplog.set_level(logging.INFO)
    return caplog


def told(lines: pytest.LogCaptureFixture, beginning: str) -> list[str]:
    return [line for line in lines.messages if line.startswith(beginning)]


async def test_what_takes_long_is_told_again_and_again_with_how_far_it_has_come(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0.01)
    caplog.set_level(logging.INFO)

    async with progress.told("counting sheep", "sheep") as far:
        far.done = 500
        await until(lambda: len(caplog.messages) >= 2)
    told = len(caplog.messages)
    await SystemClock().sleep(0.05)

    assert caplog.messages[1].startswith("counting sheep: 500 sheep, ")
    assert caplog.messages[-1].startswith("counting sheep: done after ")
    assert len(caplog.messages) == told


async def test_what_is_quickly_done_is_not_told(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.INFO)

    async with SqliteStorage(tmp_path / "chat.db"):
        pass

    assert caplog.messages == []


async def test_a_start_on_an_older_file_says_to_which_schema_it_is_brought_and_what_is_written_then(
    lines: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = len(sqlite_migrations.steps())
    async with SqliteStorage(tmp_path / "chat.db") as storage:
        await enrol(storage, ALICE, BOB)
        await storage._opened.database.write("update user set look = null")
    lines.clear()
    with monkeypatch.context() as patched:
        further = (*sqlite_migrations.steps(), "create table later (a integer) strict;")
        patched.setattr(sqlite_migrations, "steps", lambda: further)
        async with SqliteStorage(tmp_path / "chat.db"):
            pass

    assert told(lines, f"bringing the database to schema {newest + 1} of {newest + 1}: ")
    assert told(lines, "writing how the names of accounts look: ")


async def test_a_start_on_an_older_database_of_postgresql_says_so_however_long_a_step_takes(
    lines: pytest.LogCaptureFixture, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = len(postgres_migrations.steps())
    further = (*postgres_migrations.steps(), "select pg_sleep(0.4)")
    monkeypatch.setattr(postgres_migrations, "steps", lambda: further)
    cluster.make("older")
    monkeypatch.setitem(SETTINGS, "statement_timeout", "300")
    try:
        async with PostgresStorage(cluster.address("older")):
            pass
    finally:
        cluster.drop("older")

    assert told(lines, f"bringing the database to schema {newest + 1} of {newest + 1}: ")

"""A step to a newer schema is taken whole or not at all, wherever in it the server is killed."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from chatcore.adapters.sqlite import SqliteStorage, migrations
from chatcore.errors import StorageError
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, BOB, enrol, send

STEP = """
create table colour (name text not null) strict;
insert into colour values ('red'), ('green');
alter table user add column colour text;
update user set colour = 'red';
create index user_colour on user (colour);
delete from session
"""

STATEMENTS = STEP.count(";") + 1 + 4
"""Of the step, and around it: begin, the two numbers in the file's header, commit."""

# Opens the storage; its writing connection ends the process where the statement of that number would begin.
PROGRAM = f"""
import asyncio, os, signal, sqlite3, sys
from chatcore.adapters.sqlite import SqliteStorage, migrations

STEP, deadly, begun = {STEP!r}, int(sys.argv[2]), []

def trace(sql):
    if sql.startswith("--"):
        return  # what SQLite does by itself within a statement; newer ones check a table that gets a column
    if begun[-1:] != ["commit;"] and (begun or sql == "begin immediate;"):
        begun.append(sql.strip())
    if deadly and len(begun) == deadly:
        os.kill(os.getpid(), signal.SIGKILL)

class Mortal(sqlite3.Connection):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.set_trace_callback(trace)

connect, first = sqlite3.connect, migrations.steps()
sqlite3.connect = lambda *args, **kwargs: connect(*args, factory=Mortal, **kwargs)
migrations.steps = lambda: (*first, STEP)

async def main():
    async with SqliteStorage(sys.argv[1]):
        print(len(begun))

asyncio.run(main())
"""


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database of the newest schema with two users and a message."""
    path = tmp_path / "chat.db"
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB)
        await send(storage, ALICE, ALICE_BOB, "old")
    return path


def open_and_die(path: Path, statement: int) -> subprocess.CompletedProcess[str]:
    """Open the database with one step more, to be killed where this statement would begin."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path), str(statement)], capture_output=True, text=True, check=False
    )


Found = tuple[int, list[str], list[str], int]


def found(path: Path) -> Found:
    """Return the schema's number, its newer parts, the colours of users, and the number of messages."""
    with closing(sqlite3.connect(path)) as connection:
        ((version,),) = connection.execute("pragma user_version")
        parts = [n for (n,) in connection.execute("select name from sqlite_schema where name like '%colour'")]
        columns = [name for _, name, *_ in connection.execute("pragma table_info (user)")]
        colours = [c for (c,) in connection.execute("select colour from user")] if "colour" in columns else []
        ((messages,),) = connection.execute("select count(*) from message")
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    return version, parts, colours, messages


NEWEST = len(migrations.steps())
OLD: Found = (NEWEST, [], [], 1)
NEW: Found = (NEWEST + 1, ["colour", "user_colour"], ["red", "red"], 1)


@pytest.mark.parametrize("statement", range(1, STATEMENTS + 1))
async def test_p22_a_step_is_killed_at_any_statement_and_nothing_of_it_was_done(path: Path, statement: int) -> None:
    ended = open_and_die(path, statement)

    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert found(path) == OLD
    async with SqliteStorage(path) as storage:
        assert (await storage.tally(BOB, ALICE_BOB)).seq == 1

    assert open_and_die(path, 0).returncode == 0
    assert found(path) == NEW


async def test_p22_all_statements_of_a_step_are_among_those_at_which_it_is_killed(path: Path) -> None:
    assert open_and_die(path, 0).stdout == f"{STATEMENTS}\n"
    assert found(path) == NEW


async def test_p22_a_database_of_a_newer_schema_is_not_touched(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"pragma user_version = {NEWEST + 1}")
    before = path.read_bytes()  # noqa: ASYNC240 - a short file

    with pytest.raises(
        StorageError,
        match=f"made by a newer version: its schema is {NEWEST + 1}, this program knows those up to {NEWEST}",
    ):
        async with SqliteStorage(path):
            pass

    assert path.read_bytes() == before  # noqa: ASYNC240 - a short file


def test_the_schema_written_whole_makes_the_same_tables_and_indexes_as_the_steps() -> None:
    whole = Path(migrations.__file__).with_name("schema.sql").read_text(encoding="utf-8")

    assert structure(whole) == structure(*migrations.steps())


def structure(*scripts: str) -> dict[tuple[str, str], list[tuple[object, ...]]]:
    """Return all that SQLite knows of tables and indexes but the texts that made them and their order."""
    with closing(sqlite3.connect(":memory:")) as database:
        for script in scripts:
            database.executescript(script)
        found = {("", "table_list"): sorted(database.execute("select name, wr, strict from pragma_table_list"))}
        triggers = "select name, lower(sql) from sqlite_schema where type = 'trigger'"
        found["", "triggers"] = sorted(database.execute(triggers))
        for (name,) in database.execute("select name from sqlite_schema").fetchall():
            for pragma in ("table_xinfo", "index_list", "index_xinfo"):
                rows = [row[1:] for row in database.execute(f"pragma {pragma}({name})")]
                found[name, pragma] = sorted(rows, key=repr)
    return found

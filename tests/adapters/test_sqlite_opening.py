"""Opening the SQLite file: what is refused and why, schemas, and closing."""

import sqlite3
from pathlib import Path

import pytest

from chatcore.adapters.sqlite import SqliteStorage, migrations
from chatcore.domain.conversations import GENERAL
from chatcore.domain.users import AccountName, NewUser
from chatcore.errors import StorageError, StorageUnavailable
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, BOB, CAROL, NOON, enrol, post, read, send

FIRST = migrations.steps()

THIRD = """
drop table invitation;
drop table job;
drop table generation;
drop table former_name;
drop index user_name_look;
drop index user_key;
drop index user_changed;
drop index user_without_look;
drop index user_twin;
drop index user_banned;
alter table user drop column display_name;
alter table user drop column look;
alter table user drop column name_look;
alter table user drop column key;
alter table user drop column disabled;
alter table user drop column banned_until;
alter table user drop column erased;
alter table user drop column changed;
delete from meta where name = 'names_secret';
drop index user_born;
alter table user drop column born;
drop index user_fact;
alter table user drop column fact;
drop trigger session_ended;
drop table token;
alter table session drop column rank;
alter table session drop column renewed_at_ms;
drop index session_host;
drop index session_lasts;
alter table session drop column lasts_ms;
alter table session drop column host;
alter table session drop column address;
drop index session_user;
alter table session drop column label;
drop table refusal;
drop table asked;
delete from meta where name = 'asked_secret';
pragma user_version = 3;
"""
"Makes the tables what they were in the third schema."

SECOND_READING = f"""
{THIRD}
alter table reading drop column base;
pragma user_version = 2;
"""
"Makes the table of read states what it was in the second schema."

FIRST_READING = f"""
{SECOND_READING}
drop table run;
alter table reading add column runs text not null default '[]';
insert into reading values ('{BOB}', '{ALICE_BOB}', 2, 5, 3, '[[4,5],[7,7]]');
insert into reading values ('{ALICE}', '{ALICE_BOB}', 9, 0, 1, '[]');
pragma user_version = 1;
"""  # noqa: S608 - only constants
"""Makes the tables of read states what they were in the first schema, with what two have read."""

DIARY = "Dear diary, " * 100


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


async def refusal_to_open(path: Path) -> str:
    """Say why the file is not opened."""
    with pytest.raises(StorageError) as refused:
        async with SqliteStorage(path):
            pass
    return refused.value.message


def write(path: Path, text: str) -> None:
    """Put a text where a database is expected."""
    path.write_text(text)


def content(path: Path) -> bytes:
    """Say what is in the file."""
    return path.read_bytes()


def run(path: Path, sql: str) -> None:
    """Do something to a SQLite file behind everybody's back."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(sql)
    connection.close()


async def test_a_second_server_is_refused_and_told_why(path: Path) -> None:
    async with SqliteStorage(path) as first:
        reason = await refusal_to_open(path)
        await send(first, ALICE, ALICE_BOB, "still there")

    assert reason == f"the database {path} is in use by another server"
    async with SqliteStorage(path) as second:
        assert (await second.tally(BOB, ALICE_BOB)).seq == 1


async def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "chat.db"

    reason = await refusal_to_open(path)

    assert reason == f"cannot open the database {path}: there is no directory {path.parent}"
    assert not path.parent.exists()


async def test_a_directory_is_not_a_database(tmp_path: Path) -> None:
    assert await refusal_to_open(tmp_path) == f"cannot open the database {tmp_path}: it is not a file"


async def test_what_the_system_says_is_passed_on(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300)

    assert await refusal_to_open(path) == f"cannot open the database {path}: File name too long"


async def test_what_is_no_database_is_refused_and_stays_as_it_is(path: Path) -> None:
    write(path, DIARY)

    reason = await refusal_to_open(path)

    assert reason == f"cannot open the database {path}: it is not a database"
    assert content(path) == DIARY.encode()


async def test_the_database_of_another_program_is_refused_and_stays_as_it_is(path: Path) -> None:
    run(path, "create table recipe (name text)")
    before = content(path)

    reason = await refusal_to_open(path)

    assert reason == f"{path} is the database of another program"
    assert content(path) == before


async def test_a_newer_schema_is_refused(path: Path) -> None:
    async with SqliteStorage(path):
        pass
    run(path, "pragma user_version = 99")

    reason = await refusal_to_open(path)

    assert (
        reason == f"{path} was made by a newer version: its schema is 99, this program knows those up to {len(FIRST)}"
    )


async def test_a_refused_file_can_be_opened_once_it_is_mended(path: Path) -> None:
    write(path, DIARY)
    await refusal_to_open(path)
    write(path, "")

    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, ALICE_BOB, "hello")


async def test_names_that_mean_something_in_a_url_are_just_names(tmp_path: Path) -> None:
    path = tmp_path / "a?mode=ro&b#c %41 ż.db"

    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, ALICE_BOB, "hello")

    assert path.exists()


async def test_nobody_else_may_read_the_file(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, ALICE_BOB, "hello")

        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.glob("chat.db*")}

    assert modes == {"chat.db": 0o600, "chat.db-wal": 0o600, "chat.db-shm": 0o600}


@pytest.fixture(params=[0o600, 0o640, 0o604, 0o620, 0o666], ids=oct)
def mode(request: pytest.FixtureRequest, path: Path) -> int:
    """An empty database that is open to whom it says."""
    mode: int = request.param
    path.touch()
    path.chmod(mode)
    return mode


async def test_a_file_that_others_may_open_is_served_with_a_warning(
    path: Path, caplog: pytest.LogCaptureFixture, mode: int
) -> None:
    async with SqliteStorage(path):
        told = f"the database {path} is open to other users of this machine (mode {mode:o}): chmod 600 closes it"
        assert caplog.messages == [told] * (mode != 0o600)


async def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zero\0.db"

    assert await refusal_to_open(path) == f"cannot open the database {path}: there is a zero in its name"


async def test_commits_are_synced_and_readers_cannot_write(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        database = storage._opened.database
        journal, synchronous = (
            await database.write("pragma journal_mode"),
            await database.write("pragma synchronous"),
        )

        with pytest.raises(StorageUnavailable, match="readonly"):
            await database.read("delete from meta")

    assert (journal[0][0], synchronous[0][0]) == ("wal", 2)


async def test_each_new_database_has_an_epoch_of_its_own(tmp_path: Path) -> None:
    epochs = []
    for name in ("one.db", "other.db"):
        async with SqliteStorage(tmp_path / name) as storage:
            epochs.append((await storage.overview(ALICE, 1)).epoch)

    assert epochs[0] != epochs[1]


async def test_a_closed_storage_says_so(path: Path) -> None:
    storage = SqliteStorage(path)
    async with storage:
        pass
    await storage.close()

    for call in (storage.tally(ALICE, GENERAL), storage.append([post(ALICE, GENERAL, "1")], NOON)):
        with pytest.raises(StorageError, match="is not open"):
            await call


async def test_the_same_object_can_be_opened_again(path: Path) -> None:
    storage = SqliteStorage(path)
    async with storage:
        await send(storage, ALICE, ALICE_BOB, "one")

    async with storage:
        (second,) = await send(storage, ALICE, ALICE_BOB, "two")

    assert second.seq == 2


async def test_a_step_is_taken_once_and_keeps_what_is_stored(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, ALICE_BOB, "old")
    second = "create table colour (name text); insert into colour values ('red')"
    monkeypatch.setattr(migrations, "steps", lambda: (*FIRST, second))

    for _ in range(2):
        async with SqliteStorage(path) as storage:
            colours = await storage._opened.database.read("select name from colour")
            version = await storage._opened.database.read("pragma user_version")
            seq = (await storage.tally(BOB, ALICE_BOB)).seq

            assert ([tuple(colour) for colour in colours], version[0][0], seq) == ([("red",)], len(FIRST) + 1, 1)


async def test_what_was_read_is_read_still_when_runs_get_records_of_their_own(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, ALICE_BOB, *map(str, range(1, 10)))
    run(path, FIRST_READING)

    async with SqliteStorage(path) as storage:
        page = await storage.page(BOB, ALICE_BOB, after=None, before=None, limit=9)
        await read(storage, BOB, ALICE_BOB, 6)
        after = await storage.page(BOB, ALICE_BOB, after=None, before=None, limit=9)

    assert (page.read, page.tally.unread) == (((1, 2), (4, 5), (7, 7)), 4)
    assert (after.read, after.tally.unread) == (((1, 2), (4, 7)), 3)


async def test_what_was_there_when_somebody_joined_is_found_by_dates_once(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await storage.append([post(ALICE, GENERAL, "1"), post(ALICE, GENERAL, "2")], NOON)
        await storage.add_user(NewUser(BOB, AccountName("bob", "bob"), "hash"), NOON)
        await storage.append([post(ALICE, GENERAL, "3")], NOON + 1)
        await storage.add_user(NewUser(CAROL, AccountName("carol", "carol"), "hash"), NOON + 2)
        await read(storage, BOB, GENERAL, 3)
        bases = "select user, base from reading order by user"
        before = await storage._opened.database.read(bases)
    run(path, SECOND_READING)

    async with SqliteStorage(path) as storage:
        assert await storage._opened.database.read(bases) == before
    assert [tuple(record) for record in before] == [(BOB, 2), (CAROL, 3)]


async def test_a_directory_from_before_facts_were_numbered_has_them_in_the_order_of_registration(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB)
        before = await storage.users(0, 9)
    run(path, THIRD)

    async with SqliteStorage(path) as storage:
        await enrol(storage, CAROL)
        users = await storage.users(0, 9)

    assert [(user.number, user.fact) for user in users] == [(1, 1), (2, 2), (3, 3)]
    assert users[:2] == before


async def test_a_step_that_fails_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, ALICE_BOB, "old")
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "steps", lambda: (*FIRST, "create table t (a); nonsense"))

        reason = await refusal_to_open(path)

    assert reason.startswith(f"cannot open the database {path}: ")
    async with SqliteStorage(path) as storage:
        assert (await storage._opened.database.read("pragma user_version"))[0][0] == len(FIRST)
        assert not await storage._opened.database.read("select 1 from sqlite_schema where name = 't'")
        assert (await storage.tally(BOB, ALICE_BOB)).seq == 1

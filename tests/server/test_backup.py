"""`chatcore-server backup`: a copy that is whole, made while people write, or without a server."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

import chatcore
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.sqlite.lock import alone
from chatcore.adapters.sqlite.tools.backup import back_up
from chatcore.adapters.sqlite.tools.faults import faults
from chatcore.adapters.sqlite.tools.snapshot import snapshot
from chatcore.errors import StorageError
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, BOB, GENERAL, enrol, read, send
from chatcore.testing.server_process import ServerProcess
from tests.server.operating import operate, refused
from tests.waiting import until


@pytest.fixture
async def db(tmp_path: Path) -> Path:
    """A database with two users and three messages."""
    path = tmp_path / "chat.db"
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB)
        await send(storage, ALICE, GENERAL, "one", "two")
        await send(storage, BOB, ALICE_BOB, "three")
    return path


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with ServerProcess(tmp_path / "chat.db") as server:
        yield server


def texts(path: Path) -> list[str]:
    """Return the texts of all messages, in the order in which they were stored."""
    with snapshot(path) as connection:
        assert list(faults(connection)) == []
        return [text for (text,) in connection.execute("select text from message order by number")]


# ---- beside a server -----------------------------------------------------------------------------------------------


async def test_p23_a_backup_under_load_opens_clean_and_has_all_that_was_acknowledged_before(
    server: ServerProcess, tmp_path: Path
) -> None:
    acknowledged: list[str] = []
    enough = asyncio.Event()

    async def write(name: str) -> None:
        async with chatcore.connect(server.url) as client:
            await client.register(name, "correct horse battery")
            for number in range(100_000):
                message = await client.post(chatcore.GENERAL, f"{name} {number}")
                acknowledged.append(message.text)
                if len(acknowledged) > 300:
                    enough.set()

    writing = [asyncio.create_task(write(f"user-{n}")) for n in range(4)]
    await enough.wait()

    for number in range(3):
        before = set(acknowledged)
        ended = await operate(server.db, "backup", str(tmp_path / f"{number}.bak"))
        after = len(acknowledged)

        copied = texts(tmp_path / f"{number}.bak")
        assert before <= set(copied)
        assert len(before) < after  # it was made while they wrote
        assert ended.out == f"{tmp_path / f'{number}.bak'} has 4 users and {len(copied)} messages\n"
    for task in writing:
        task.cancel()
    await asyncio.gather(*writing, return_exceptions=True)


async def test_the_server_writes_it_and_says_so_in_its_log(server: ServerProcess, tmp_path: Path) -> None:
    await operate(server.db, "backup", str(tmp_path / "chat.bak"))

    await until(lambda: f"backup {tmp_path / 'chat.bak'} has 0 users and 0 messages" in server.log)


async def test_a_relative_path_is_one_of_the_operators_directory(
    server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert (await operate(server.db, "backup", "chat.bak")).status == 0

    assert (tmp_path / "elsewhere" / "chat.bak").is_file()


async def test_what_a_server_cannot_write_is_told(server: ServerProcess, tmp_path: Path) -> None:
    to = tmp_path / "none" / "chat.bak"

    ended = await operate(server.db, "backup", str(to))

    assert ended == refused(f"cannot write {to}: no such file or directory")


# ---- without a server ----------------------------------------------------------------------------------------------


async def test_without_a_server_the_command_copies_by_itself(db: Path, tmp_path: Path) -> None:
    ended = await operate(db, "backup", str(tmp_path / "chat.bak"))

    assert ended.out == f"{tmp_path / 'chat.bak'} has 2 users and 3 messages\n"
    assert texts(tmp_path / "chat.bak") == ["one", "two", "three"]


async def test_after_a_kill_what_is_only_in_the_log_beside_the_file_is_copied_too(
    server: ServerProcess, tmp_path: Path
) -> None:
    async with chatcore.connect(server.url) as alice:
        await alice.register("alice", "correct horse battery")
        await alice.post(chatcore.GENERAL, "hello")
        await server.kill()

    ended = await operate(server.db, "backup", str(tmp_path / "chat.bak"))

    assert ended.status == 0
    assert texts(tmp_path / "chat.bak") == ["hello"]


async def test_a_database_that_somebody_else_has_open_is_not_touched(db: Path, tmp_path: Path) -> None:
    with alone(db):
        ended = await operate(db, "backup", str(tmp_path / "chat.bak"))

    assert ended == refused(f"the database {db} is in use by another server")


async def test_nothing_is_made_where_there_is_no_database(tmp_path: Path) -> None:
    place = tmp_path / "empty"
    place.mkdir()

    ended = await operate(place / "none.db", "backup", str(place / "chat.bak"))

    assert ended == refused(f"there is no database {place / 'none.db'}")
    assert list(place.iterdir()) == []


# ---- the file ------------------------------------------------------------------------------------------------------


def test_a_backup_is_one_file_for_its_owner_only(db: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()

    back_up(db, folder / "chat.bak")

    assert texts(folder / "chat.bak") == ["one", "two", "three"]
    assert [(each.name, each.stat().st_mode & 0o777) for each in folder.iterdir()] == [("chat.bak", 0o600)]


async def test_a_server_starts_on_a_backup(db: Path, tmp_path: Path) -> None:
    back_up(db, tmp_path / "chat.bak")

    async with SqliteStorage(tmp_path / "chat.bak") as storage:
        (message,) = await send(storage, BOB, GENERAL, "four")
        await read(storage, BOB, GENERAL, 1)

    assert message.seq == 3


async def test_a_file_that_is_there_is_replaced_only_by_force(server: ServerProcess, tmp_path: Path) -> None:
    to = tmp_path / "chat.bak"
    to.touch()  # as mktemp makes one
    taken = refused(f"the file {to} is there already")

    assert await operate(server.db, "backup", str(to)) == taken
    for _ in range(2):
        assert (await operate(server.db, "backup", "--force", str(to))).status == 0
        assert texts(to) == []
    assert await operate(server.db, "backup", str(to)) == taken


async def test_force_replaces_backups_only(server: ServerProcess, tmp_path: Path) -> None:
    letter, short, other, live = (tmp_path / name for name in ("letter.txt", "short", "other.db", "live.db"))
    letter.write_text("precious")
    short.write_bytes(b"SQLite")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("create table precious (letter text)")
    async with SqliteStorage(live):
        pass

    for to in (letter, short, other, live):
        before = to.read_bytes()
        ended = await operate(server.db, "backup", "--force", str(to))

        assert ended == refused(f"{to} is not replaced: it is something else than what would be written")
        assert to.read_bytes() == before


async def test_force_replaces_nothing_that_is_no_regular_file(server: ServerProcess, tmp_path: Path) -> None:
    pipe, link, folder = tmp_path / "pipe", tmp_path / "link", tmp_path / "folder"
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "nowhere")
    folder.mkdir()

    for to in (pipe, link, folder, Path(os.devnull)):
        ended = await operate(server.db, "backup", "--force", str(to))

        assert ended == refused(f"{to} is not replaced: it is not a regular file")
    assert (pipe.is_fifo(), link.is_symlink()) == (True, True)


@pytest.mark.parametrize(
    ("name", "told"), [("x" * 300, "file name too long"), ("zero\0", "there is a zero in its name")]
)
def test_a_name_that_no_file_can_have_is_refused(db: Path, tmp_path: Path, name: str, told: str) -> None:
    for act in (partial(back_up, db), partial(back_up, db, replace=True)):
        with pytest.raises(StorageError, match=f"^cannot write .*: {told}$"):
            act(tmp_path / name)
    with (
        pytest.raises(StorageError, match=r"^cannot open the database|^there is no database"),
        snapshot(tmp_path / name),
    ):
        pass


@pytest.mark.parametrize("by_link", [False, True])
async def test_the_database_itself_is_not_replaced_under_a_running_server(tmp_path: Path, *, by_link: bool) -> None:
    path = tmp_path / "chat.db"
    if by_link:
        (tmp_path / "real").mkdir()
        path.symlink_to(tmp_path / "real" / "chat.db")
    async with ServerProcess(path) as server, chatcore.connect(server.url) as client:
        await client.register("alice", "correct horse battery")
        targets = [path, path.resolve(), path.resolve().with_name("chat.db-wal"), tmp_path / "." / "chat.db"]

        ended = [await operate(path, "backup", "--force", str(to)) for to in targets]
        await client.post(chatcore.GENERAL, "before")
        await server.restart()
        await client.post(chatcore.GENERAL, "after")

        assert ended == [refused(f"the file {to} is of the database {path} itself") for to in targets]
        assert [message.text for message in await client.history(chatcore.GENERAL)] == ["before", "after"]


def test_a_file_that_came_meanwhile_is_not_replaced(db: Path, tmp_path: Path) -> None:
    to = tmp_path / "chat.bak"

    def be_faster() -> None:
        to.write_text("precious")

    with pytest.raises(StorageError, match="is there already"):
        back_up(db, to, rest=be_faster)

    assert to.read_text() == "precious"
    assert sorted(each.name for each in tmp_path.glob("*.part")) == []


def test_a_copy_that_is_given_up_leaves_nothing_behind(db: Path, tmp_path: Path) -> None:
    def give_up() -> None:
        msg = "enough"
        raise StorageError(msg)

    with pytest.raises(StorageError, match="enough"):
        back_up(db, tmp_path / "chat.bak", rest=give_up)

    assert sorted(each.name for each in tmp_path.iterdir() if "bak" in each.name) == []


def test_a_copy_is_of_one_moment_whatever_is_written_meanwhile(db: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(db, isolation_level=None)) as other:
        other.execute("create table ballast (a)")
        other.execute(BALLAST)

        steps: list[None] = []

        def rest() -> None:
            steps.append(None)
            other.execute("insert into ballast values (zeroblob(4000))")

        back_up(db, tmp_path / "chat.bak", rest=rest)

    with closing(sqlite3.connect(tmp_path / "chat.bak")) as copied:
        assert copied.execute("select count(*) from ballast").fetchone() == (1000,)
        assert copied.execute("pragma integrity_check").fetchone() == ("ok",)
    assert 3 < len(steps) < 10  # it never began anew


BALLAST = """
insert into ballast with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000)
select zeroblob(4000) from n
"""

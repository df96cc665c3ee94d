"""`chatcore-server restore`: the former history comes back, clients see that it is another one, nothing is mixed."""

import asyncio
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import chatcore
from chatcore.adapters.sqlite import SqliteStorage, migrations
from chatcore.adapters.sqlite.tools.backup import back_up
from chatcore.adapters.sqlite.tools.faults import faults
from chatcore.adapters.sqlite.tools.restore import restore
from chatcore.adapters.sqlite.tools.snapshot import snapshot
from chatcore.errors import StorageError
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, BOB, GENERAL, enrol, send
from chatcore.testing.server_process import ServerProcess
from chatcore.testing.simulator.history import Witness
from tests.server.operating import operate, refused
from tests.waiting import until

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
PASSWORD = "correct horse battery"


@pytest.fixture
async def db(tmp_path: Path) -> Path:
    """A database with one message, and the backup chat.bak from when there was none."""
    path = tmp_path / "chat.db"
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB)
        back_up(path, tmp_path / "chat.bak")
        await send(storage, ALICE, GENERAL, "later")
    return path


def texts(path: Path) -> list[str]:
    with snapshot(path) as connection:
        assert list(faults(connection)) == []
        return [text for (text,) in connection.execute("select text from message order by number")]


def epoch(path: Path) -> str:
    with snapshot(path) as connection:
        return str(connection.execute("select value from meta where name = 'epoch'").fetchone()[0])


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


# ---- clients -------------------------------------------------------------------------------------------------------


async def test_p23_after_a_restore_connected_clients_show_the_restored_history_and_their_waiting_posts_go_out(
    tmp_path: Path,
) -> None:
    server, alice_sees, bob_sees = ServerProcess(tmp_path / "chat.db"), Witness(), Witness()
    async with server, chatcore.connect(server.url) as alice, chatcore.connect(server.url) as bob:
        alice.subscribe(alice_sees)
        bob.subscribe(bob_sees)
        await alice.register("alice", PASSWORD)
        await bob.register("bob", PASSWORD)
        chat = await alice.conversation_with("bob")
        await alice.post(chat, "one")
        await alice.post(chat, "two")
        await bob.mark_read(chat, 1)
        assert (await operate(server.db, "backup", str(tmp_path / "chat.bak"))).status == 0
        alice.opened(chat)
        bob.opened(chat)
        for text in ("three", "four"):
            await alice.post(chat, text)
        await until(lambda: len(bob_sees.timelines.get(chat, [])) == 4)
        await server.terminate()
        bob.window_active(True)
        bob.visible(chat, [3, 4])  # marks that wait for the server, and name messages of the history that goes

        posts = [alice.post(chat, "waiting"), bob.post(chat, "waiting too")]
        waiting = [asyncio.ensure_future(post) for post in posts]
        assert (await operate(server.db, "restore", str(tmp_path / "chat.bak"))).status == 0
        await server.start()
        stored = [await post for post in waiting]

        assert sorted(message.seq for message in stored) == [3, 4]
        history = [message.text for message in await alice.history(chat)]
        assert history[:2] == ["one", "two"]
        assert sorted(history[2:]) == ["waiting", "waiting too"]
        for client, witness in ((alice, alice_sees), (bob, bob_sees)):
            await until(lambda: [item.text for item in client.replica.timeline(chat)] == history)  # noqa: B023 - at once
            await until(lambda: [item.text for item in witness.timelines[chat]] == history)  # noqa: B023 - at once
        assert await alice.unread(chat) == 1
        assert await bob.unread(chat) == 2  # message 2, and the one that waited: nothing was marked by old numbers


async def test_a_client_that_comes_later_sees_only_the_restored_history(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server:
        async with chatcore.connect(server.url) as alice:
            await alice.register("alice", PASSWORD)
            await alice.post(chatcore.GENERAL, "kept")
            token = alice.token
            await operate(server.db, "backup", str(tmp_path / "chat.bak"))
            await alice.post(chatcore.GENERAL, "gone")
        await server.terminate()
        await operate(server.db, "restore", str(tmp_path / "chat.bak"))
        await server.start()

        async with chatcore.connect(server.url, token=token) as alice:
            assert [message.text for message in await alice.history(chatcore.GENERAL)] == ["kept"]
            assert (await alice.post(chatcore.GENERAL, "new")).seq == 2


async def test_a_session_that_began_after_the_backup_is_logged_out_and_can_log_in_again(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "chat.db")
    async with server, chatcore.connect(server.url) as first:
        await first.register("alice", PASSWORD)
        await operate(server.db, "backup", str(tmp_path / "chat.bak"))
        async with chatcore.connect(server.url) as second, chatcore.connect(server.url) as stranger:
            await second.log_in("alice", PASSWORD)
            await stranger.register("mallory", PASSWORD)
            await server.terminate()
            await operate(server.db, "restore", str(tmp_path / "chat.bak"))
            await server.start()

            for client in (second, stranger):
                with pytest.raises(chatcore.LoggedOut):
                    await client.post(chatcore.GENERAL, "waiting")
            with pytest.raises(chatcore.WrongCredentials):
                await stranger.log_in("mallory", PASSWORD)
            await second.log_in("alice", PASSWORD)
            await second.post(chatcore.GENERAL, "here again")

            assert [row.name for row in second.replica.rows] == ["general"]
            assert (await first.post(chatcore.GENERAL, "never logged out")).seq == 3
            history = await second.history(chatcore.GENERAL)
            assert [message.text for message in history] == ["waiting", "here again", "never logged out"]


# ---- the database --------------------------------------------------------------------------------------------------


def test_a_link_to_the_database_stays_one_and_the_file_behind_it_is_restored(tmp_path: Path, db: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(db)

    _, former = restore(link, tmp_path / "chat.bak", NOW)

    assert link.is_symlink()
    assert (texts(db), texts(link)) == ([], [])
    assert former is not None
    assert (former.parent, texts(former)) == (tmp_path, ["later"])
    assert names(tmp_path / "elsewhere") == ["link.db"]


async def test_a_running_server_keeps_its_database(tmp_path: Path, db: Path) -> None:
    async with ServerProcess(db) as server:
        ended = await operate(server.db, "restore", str(tmp_path / "chat.bak"))

    assert ended == refused(f"the database {db} is in use by another server")
    assert texts(db) == ["later"]


async def test_the_command_says_what_there_is_now_and_where_the_former_database_went(tmp_path: Path, db: Path) -> None:
    ended = await operate(db, "restore", str(tmp_path / "chat.bak"))

    first, second = ended.out.splitlines()
    former = Path(second.removeprefix("the former database is "))
    assert (ended.status, first) == (0, f"{db} has 2 users and 0 messages")
    assert (texts(db), texts(former)) == ([], ["later"])


async def test_a_restore_that_cannot_be_recorded_is_not_done(tmp_path: Path, db: Path) -> None:
    audit = db.with_name(f"{db.name}.audit")
    audit.mkdir()
    before = epoch(db)

    ended = await operate(db, "restore", str(tmp_path / "chat.bak"))

    told = f"what is asked for is not done, since it cannot be recorded in {audit}: is a directory"
    assert ended == refused(told)
    assert (epoch(db), [*db.parent.glob(f"{db.name}.until-*")]) == (before, [])


def test_the_epoch_is_a_new_one_each_time(tmp_path: Path, db: Path) -> None:
    epochs = [epoch(db), epoch(tmp_path / "chat.bak")]
    for second in range(2):
        restore(db, tmp_path / "chat.bak", NOW.replace(second=second))
        epochs.append(epoch(db))

    assert len(set(epochs)) == 3
    assert epochs[0] == epochs[1]


def test_a_database_can_be_made_of_a_backup(tmp_path: Path, db: Path) -> None:
    held, former = restore(tmp_path / "new.db", db, NOW)

    assert (held.messages, former, texts(tmp_path / "new.db")) == (1, None, ["later"])
    assert (tmp_path / "new.db").stat().st_mode & 0o777 == 0o600


async def test_what_a_killed_server_left_in_its_log_is_kept_and_not_added_to_the_backup(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server, chatcore.connect(server.url) as alice:
        await alice.register("alice", PASSWORD)
        await operate(server.db, "backup", str(tmp_path / "chat.bak"))
        await alice.post(chatcore.GENERAL, "hello")
        await server.kill()
    assert (tmp_path / "chat.db-wal").stat().st_size > 0

    _, former = restore(tmp_path / "chat.db", tmp_path / "chat.bak", NOW)

    assert former == tmp_path / "chat.db.until-20260203T040506Z"
    assert (texts(tmp_path / "chat.db"), texts(former)) == ([], ["hello"])


def test_a_database_that_is_broken_is_kept_as_it_is_with_its_log(tmp_path: Path, db: Path) -> None:
    log = tmp_path / "chat.db-wal"
    db.write_bytes(b"rubbish" * 1000)
    log.write_bytes(b"log")

    _, former = restore(db, tmp_path / "chat.bak", NOW)

    assert former is not None
    assert former.read_bytes() == b"rubbish" * 1000
    assert former.with_name(f"{former.name}-wal").read_bytes() == b"log"
    assert texts(db) == []


@pytest.mark.parametrize("broken", ["replace", "fsync"])
def test_a_restore_that_fails_changes_nothing(
    tmp_path: Path, db: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    before = epoch(db)
    with monkeypatch.context() as patched:
        patched.setattr(os, broken, fail)

        with pytest.raises(StorageError, match=f"cannot write {db}: input/output error"):
            restore(db, tmp_path / "chat.bak", NOW)

    assert (epoch(db), texts(db)) == (before, ["later"])
    assert not [name for name in names(tmp_path) if name.endswith(".part")]


def test_whoever_reads_the_database_is_waited_for_and_not_robbed(
    tmp_path: Path, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(db, isolation_level=None)) as writer, snapshot(db):
        writer.execute("update meta set value = 'other'")  # in the log, where the reader needs it
        monkeypatch.setattr("chatcore.adapters.sqlite.tools.restore.PATIENCE", 0.0)

        with pytest.raises(StorageError, match=f"somebody is reading the database {db}"):
            restore(db, tmp_path / "chat.bak", NOW)

    assert texts(db) == ["later"]


# ---- the backup ----------------------------------------------------------------------------------------------------


async def test_a_backup_of_a_newer_schema_is_refused(tmp_path: Path, db: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "chat.bak", isolation_level=None)) as connection:
        connection.execute("pragma user_version = 99")

    ended = await operate(db, "restore", str(tmp_path / "chat.bak"))

    assert ended == refused(
        f"{tmp_path / 'chat.bak'} was made by a newer version: its schema is 99, "
        f"this program knows those up to {len(migrations.steps())}"
    )
    assert texts(db) == ["later"]


async def test_a_damaged_backup_is_refused(tmp_path: Path, db: Path) -> None:
    async with SqliteStorage(db) as storage:
        await send(storage, ALICE, ALICE_BOB, *(f"{'x' * 1000} {n}" for n in range(100)))
    back_up(db, tmp_path / "damaged.bak")
    with (tmp_path / "damaged.bak").open("r+b") as file:
        file.seek(4096 * 20)
        file.write(b"\xff" * 4096 * 3)
    before = texts(db)

    ended = await operate(db, "restore", str(tmp_path / "damaged.bak"))

    assert ended.status == 1
    assert ended.err.startswith(f"chatcore-server: the backup {tmp_path / 'damaged.bak'} is damaged: ")
    assert texts(db) == before


@pytest.mark.parametrize("name", ["none.bak", "text.bak"])
async def test_what_is_no_backup_is_refused(tmp_path: Path, db: Path, name: str) -> None:
    (tmp_path / "text.bak").write_text("Dear diary, " * 100)

    ended = await operate(db, "restore", str(tmp_path / name))

    assert ended.status == 1
    assert str(tmp_path / name) in ended.err
    assert texts(db) == ["later"]


async def test_where_nothing_was_nothing_is_left_by_what_is_no_backup(tmp_path: Path) -> None:
    place = tmp_path / "new"
    place.mkdir()

    ended = await operate(place / "chat.db", "restore", str(tmp_path / "none.bak"))

    assert ended == refused(f"there is no database {tmp_path / 'none.bak'}")
    assert list(place.iterdir()) == []

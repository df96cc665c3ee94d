"""Promises 21 to 25: stopping, migrating, restoring, full disks, second servers. See docs/promises.md."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import aiosqlite
import pytest

import chatcore
from chatcore import GENERAL, ConnectionState, Observer
from chatcore.adapters.memory import MemoryStorage
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.sqlite.migrations import migrate, steps
from chatcore.adapters.system import SystemClock
from chatcore.errors import ChatError, StorageError, StorageUnavailable
from chatcore.testing import ChatWorld
from chatcore.testing.contracts.storage_base import ALICE, BOB, enrol, send
from chatcore.testing.server_process import ServerProcess
from chatcore.testing.simulator.history import Witness
from prove.crowd import Crowd
from prove.shim import failing, library, preloading
from tests.damage import damage, locked
from tests.small_disk import fill


class Reasons(Observer):
    """Keeps why there was no connection."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def connection_changed(self, state: ConnectionState) -> None:
        """See Observer."""
        self.told.append(state.reason)


async def test_p21_a_server_told_to_stop_answers_what_is_in_flight_and_loses_nothing(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server, Crowd(server.url, 21) as crowd:
        await crowd.join(["alice", "bob", "carol"])
        reasons = {member: Reasons() for member in crowd.members}
        for member, observer in reasons.items():
            member.client.subscribe(observer)
        crowd.chat(pause=0.001)
        clock = SystemClock()
        await clock.sleep(0.3)
        begun = clock.monotonic()

        status = await server.terminate()

        took = clock.monotonic() - begun
        await server.start()
        assert await crowd.faults(server.db) == []
        assert (status, took < 10) == (0, True)
        assert all("the server is restarting" in observer.told for observer in reasons.values())
        assert crowd.acked > 10


async def test_p22_a_migration_that_is_killed_at_any_statement_is_made_whole_by_the_next_start(tmp_path: Path) -> None:
    path, left = tmp_path / "chat.db", dict[bytes, Path]()
    statements = 0

    def killed_here(sql: str) -> None:
        """Keep the files as a kill at this statement would leave them, unless others are alike."""
        nonlocal statements
        statements += not sql.startswith("--")
        content = b"".join(file.read_bytes() for file in sorted(tmp_path.glob("chat.db*")) if file.suffix != ".db-shm")
        if content not in left:
            copy = left[content] = tmp_path / f"{len(left)}.db"
            for suffix in ("", "-wal"):
                shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")

    async with aiosqlite.connect(path, isolation_level=None) as connection:
        await connection.execute_fetchall("pragma journal_mode = wal")
        await connection.execute_fetchall("pragma synchronous = full")
        await connection.execute_fetchall("select * from sqlite_schema")
        await connection.set_trace_callback(killed_here)
        await migrate(connection, 0)
        killed_here("at the end")

    for copy in left.values():
        assert await users_in(copy) == 2, copy.name
    assert statements > 10
    assert len(left) > len(steps())


async def users_in(path: Path) -> int:
    """Open a file, use it, and count the users."""
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB)
        await send(storage, ALICE, GENERAL, "hello")
        return len(await storage.users(0, 9))


async def test_p22_a_newer_schema_is_refused(tmp_path: Path) -> None:
    async with SqliteStorage(tmp_path / "chat.db") as storage:
        await storage._opened.database.write("pragma user_version = 99")

    with pytest.raises(StorageError, match="newer version"):
        await SqliteStorage(tmp_path / "chat.db").open()


async def test_p23_clients_of_a_restored_database_begin_anew_instead_of_mixing_histories() -> None:
    storage, witness = MemoryStorage(), Witness()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice, bob = await world.log_in("alice"), await world.log_in("bob", witness)
        for number in range(5):
            alice.post_soon(GENERAL, f"lost {number}")
        bob.opened(GENERAL)
        await world.settle()

        storage._epoch = "restored"
        storage._logs.clear()
        storage._posts.clear()
        await world.kill()
        await world.start()
        await world.settle(60)
        alice.post_soon(GENERAL, "after the restore")
        await world.settle(5)

        assert [item.text for item in bob.replica.timeline(GENERAL)] == ["after the restore"]
        assert bob.replica.tally(GENERAL).seq == 1


async def test_p24_on_a_full_disk_posts_wait_reads_go_on_and_all_is_well_when_there_is_room(small_disk: Path) -> None:
    db = small_disk / "chat.db"
    async with ServerProcess(db) as server, chatcore.connect(server.url) as client:
        await client.register("alice", "correct horse battery")
        await client.post(GENERAL, "before")
        filler = fill(small_disk)
        posts = [asyncio.ensure_future(client.post(GENERAL, f"{n} " + "x" * 3_900)) for n in range(20)]

        _, waiting = await asyncio.wait(posts, timeout=1.5)
        page = await client.history(GENERAL)
        filler.unlink()
        stored = await asyncio.wait_for(asyncio.gather(*posts), 20)

        assert waiting
        assert page[0].text == "before"
        assert [message.seq for message in stored] == list(range(2, 22))


@pytest.mark.needs("gcc")
async def test_p24_a_server_whose_disk_fails_at_a_commit_acks_nothing_and_ends_with_an_error(tmp_path: Path) -> None:
    db = tmp_path / "chat.db"
    async with ServerProcess(db) as server:
        async with chatcore.connect(server.url) as client:
            await client.register("alice", "correct horse battery")
            await client.post(GENERAL, "before")
            token = client.token
        await server.terminate()

        broken = ServerProcess(db, environment=failing(db, "wal", 4))
        broken.url = server.url
        async with broken, chatcore.connect(server.url, token=token) as client:
            post = asyncio.ensure_future(client.post(GENERAL, "never acked"))
            status = await asyncio.wait_for(broken.wait(), 20)
            was_acked = post.done()
            await server.start()
            stored = await asyncio.wait_for(post, 20)
            log = await client.history(GENERAL)

        assert (status, was_acked) == (1, False)
        assert "check the database with chatcore-server fsck, and start the server again" in server.log
        assert log[-1] == stored
        assert [message.text for message in log] == ["before", "never acked"]


async def test_p24a_a_damaged_page_is_only_the_trouble_of_whoever_scrolls_there(tmp_path: Path) -> None:
    db = tmp_path / "chat.db"
    async with ServerProcess(db) as server:
        async with chatcore.connect(server.url) as client:
            await client.register("alice", "correct horse battery")
            for n in range(300):
                await client.post(GENERAL, f"message-{n} " + "x" * 900)
        await server.terminate()
        damage(db, "message-150 ")
        await server.start()

        async with chatcore.connect(server.url) as alice, chatcore.connect(server.url) as bob:
            await alice.log_in("alice", "correct horse battery")
            await bob.register("bob", "correct horse battery")
            with pytest.raises(StorageUnavailable):
                await alice.history(GENERAL, before=200, limit=100)
            newest = await alice.history(GENERAL, limit=50)
            stored = await asyncio.wait_for(bob.post(GENERAL, "all is well"), 20)

        assert (newest[-1].seq, stored.seq) == (300, 301)
        assert await server.terminate() == 0
        assert server.log.count("malformed") == 1


async def test_p24a_while_another_program_has_the_database_locked_posts_wait_and_people_read_and_log_in(
    tmp_path: Path,
) -> None:
    db = tmp_path / "chat.db"
    async with ServerProcess(db) as server, chatcore.connect(server.url) as alice:
        await alice.register("alice", "correct horse battery")
        await alice.post(GENERAL, "before")
        with locked(db):
            posts = [asyncio.ensure_future(alice.post(GENERAL, f"{n}")) for n in range(20)]
            await asyncio.wait(posts, timeout=3)
            async with chatcore.connect(server.url, token=alice.token) as again:
                page = await asyncio.wait_for(again.history(GENERAL), 20)
            acked_meanwhile = sum(post.done() for post in posts)

        stored = await asyncio.wait_for(asyncio.gather(*posts), 20)

        assert [message.text for message in page] == ["before"]
        assert acked_meanwhile == 0
        assert [message.seq for message in stored] == list(range(2, 22))
        assert await server.terminate() == 0


async def test_p25_a_second_server_on_the_same_file_refuses_to_start_and_does_no_harm(tmp_path: Path) -> None:
    db = tmp_path / "chat.db"
    async with ServerProcess(db) as server, chatcore.connect(server.url) as client:
        await client.register("alice", "correct horse battery")

        with pytest.raises(RuntimeError, match="in use by another server"):
            await ServerProcess(db).start()

        assert (await client.post(GENERAL, "hello")).seq == 1


@pytest.mark.parametrize("name", ["symbolic link", "hard link", "lock file removed"])
async def test_p25_a_second_server_is_refused_by_whatever_name_it_reaches_the_file(tmp_path: Path, name: str) -> None:
    db, other = tmp_path / "chat.db", tmp_path / "other.db"
    async with ServerProcess(db):
        match name:
            case "symbolic link":
                other.symlink_to(db)
            case "hard link":
                other.hardlink_to(db)
            case _:
                other = db
                (tmp_path / "chat.db.lock").unlink(missing_ok=True)

        with pytest.raises(RuntimeError, match="in use by another server"):
            await ServerProcess(other).start()


@pytest.mark.parametrize("harm", ["deleted", "moved", "replaced", "log deleted"])
async def test_p25_a_server_whose_file_has_gone_says_so_within_ten_seconds_and_ends(tmp_path: Path, harm: str) -> None:
    db, clock = tmp_path / "chat.db", SystemClock()
    async with ServerProcess(db) as server, chatcore.connect(server.url) as client:
        await client.register("alice", "correct horse battery")
        match harm:
            case "deleted":
                db.unlink()
            case "moved":
                db.rename(tmp_path / "moved.db")
            case "replaced":
                (tmp_path / "older.db").write_bytes(db.read_bytes())
                (tmp_path / "older.db").replace(db)
            case _:
                (tmp_path / "chat.db-wal").unlink()
        begun = clock.monotonic()

        status = await asyncio.wait_for(server.wait(), 30)

        assert (status, clock.monotonic() - begun < 10) == (1, True)
        assert "was deleted, moved or replaced while the server had it open" in server.log.splitlines()[-1]


def test_p25_the_library_refuses_a_second_storage_as_well(tmp_path: Path) -> None:
    async def twice() -> None:
        async with SqliteStorage(tmp_path / "chat.db"):
            await SqliteStorage(tmp_path / "chat.db").open()

    with pytest.raises(ChatError, match="in use by another server"):
        asyncio.run(twice())


@pytest.mark.needs("gcc")
def test_the_shim_is_loaded_from_a_path_with_a_space(tmp_path: Path) -> None:
    place = tmp_path / "a chat · zażółć"
    place.mkdir()
    shim = shutil.copy(library(), place)

    done = subprocess.run(
        ["cat", "/proc/self/maps"], env=preloading(Path(shim)), capture_output=True, text=True, check=True
    )

    assert (str(shim) in done.stdout, done.stderr) == (True, "")

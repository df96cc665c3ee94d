"""Older copies of a database file put in place of it, with `cp` and with `restore`, under clients that come back."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import chatcore
from chatcore import GENERAL, ChatClient
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.sqlite.tools.backup import back_up
from chatcore.adapters.sqlite.tools.restore import restore
from chatcore.testing.contracts.storage_base import ALICE, enrol
from chatcore.testing.server_process import ServerProcess
from tests.waiting import until

PASSWORD = "correct horse battery"


def texts(client: ChatClient) -> list[str]:
    return [item.text for item in client.replica.timeline(GENERAL)]


async def put_in_place(server: ServerProcess, copy: Path) -> None:
    """End the server at once, put the copy where its database was, and start the server."""
    await server.kill()
    for suffix in ("-wal", "-shm"):
        server.db.with_name(server.db.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(copy, server.db)
    await server.start()


async def live_through(server: ServerProcess, copying: str) -> None:
    """Two clients see a copy come in the place of what they knew."""
    copy = server.db.with_name("copy.db")
    async with chatcore.connect(server.url) as alice, chatcore.connect(server.url) as bob:
        await alice.register("alice", PASSWORD)
        await bob.register("bob", PASSWORD)
        for client in (alice, bob):
            client.opened(GENERAL)
        await alice.post(GENERAL, "in the copy")
        if copying == "cp":
            await server.terminate()
            shutil.copyfile(server.db, copy)
            await server.start()
        else:
            await asyncio.to_thread(back_up, server.db, copy)
        await alice.post(GENERAL, "gone")
        await bob.post(GENERAL, "gone too")
        await put_in_place(server, copy)
        await bob.post(GENERAL, "new")

        wanted = ["in the copy", "new"]
        await until(lambda: texts(alice) == texts(bob) == wanted)


async def test_p23_clients_notice_an_older_copy_that_was_made_with_cp_while_no_server_ran(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server:
        await live_through(server, "cp")


async def test_p23_clients_notice_a_backup_that_was_put_in_place_with_cp_instead_of_restore(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server:
        await live_through(server, "backup")


async def epoch(path: Path) -> str:
    async with SqliteStorage(path) as storage:
        return (await storage.overview(ALICE, 0)).epoch


async def test_p23_a_backup_has_an_epoch_of_its_own_each_time_it_is_restored(tmp_path: Path) -> None:
    path, copy = tmp_path / "chat.db", tmp_path / "copy.db"
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE)
        before = (await storage.overview(ALICE, 0)).epoch
        await asyncio.to_thread(back_up, path, copy)
    epochs = [before]
    for hour in (1, 2):
        await asyncio.to_thread(restore, path, copy, datetime(2026, 1, 1, hour, tzinfo=UTC))
        epochs.append(await epoch(path))

    assert len(set(epochs)) == 3
    assert "" not in epochs

"""A copy of a PostgreSQL database, made while it is in use and put in place of it as the page for operators says."""

import subprocess
from pathlib import Path

from chatcore.adapters.postgres import PostgresStorage
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, BOB, enrol, log_of, read, send
from tests.postgres import Cluster


async def test_a_dump_holds_everything_and_clients_that_know_more_notice(
    cluster: Cluster, database: str, tmp_path: Path
) -> None:
    dump = tmp_path / "chat.dump"
    async with PostgresStorage(database) as storage:
        await storage.begin("one")
        await enrol(storage, ALICE, BOB)
        before = await send(storage, ALICE, ALICE_BOB, "hello", "again")
        await read(storage, BOB, ALICE_BOB, 1)
        told_before = (await storage.overview(ALICE, 5)).point
        _run(cluster, "pg_dump", "--format", "custom", "--file", str(dump), "chat")
        await send(storage, ALICE, ALICE_BOB, "not in the copy")
        told_after = (await storage.overview(ALICE, 5)).point

    cluster.drop("chat")
    cluster.make("chat")
    _run(cluster, "pg_restore", "--dbname", "chat", "--no-owner", "--role", "chat", str(dump))
    async with PostgresStorage(database) as storage:
        await storage.begin("two")
        restored = list(await log_of(storage))
        tally = await storage.tally(BOB, ALICE_BOB)
        holds = [(await storage.overview(ALICE, 5, point)).is_same for point in (told_before, told_after)]
        (further,) = await send(storage, BOB, ALICE_BOB, "goes on")

    assert restored == before
    assert (tally.seq, tally.unread) == (2, 1)
    assert holds == [True, False]
    assert further.seq == 3
    assert further.number > before[-1].number


def _run(cluster: Cluster, program: str, *arguments: str) -> None:
    command = [str(cluster.programs / program), "-h", str(cluster.folder), "-U", "postgres", *arguments]
    subprocess.run(command, check=True, capture_output=True)

"""An older copy of PostgreSQL's files, or a standby that lacks the end, comes in its place: clients begin anew."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import chatcore
from chatcore import GENERAL, ChatClient
from chatcore.adapters.postgres.past import Past
from chatcore.testing.server_process import ServerProcess
from tests.postgres import Cluster, running
from tests.waiting import until

PASSWORD = "correct horse battery"


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A PostgreSQL whose files may be changed, and which may be copied."""
    with running() as cluster:
        with (cluster.folder / "data" / "pg_hba.conf").open("a") as doors:
            doors.write("local replication all trust\n")
        cluster.control("reload")
        cluster.make("chat")
        yield cluster


def copy(cluster: Cluster) -> None:
    """Copy the files while it runs, as operators do."""
    program = [str(cluster.programs / "pg_basebackup"), "-h", str(cluster.folder), "-U", "postgres"]
    subprocess.run([*program, "-D", str(cluster.folder / "copy"), "-c", "fast"], check=True, capture_output=True)


def put_in_place(cluster: Cluster, *, is_standby: bool) -> None:
    """End it at once, and put the copy in its place, as it is or as a standby that is promoted."""
    data, former = cluster.folder / "data", cluster.folder.stat()
    cluster.control("stop", "-m", "immediate")
    shutil.rmtree(data)
    (cluster.folder / "copy").rename(data)
    if is_standby:
        (data / "standby.signal").touch()
    for path in (data, *data.rglob("*")):
        shutil.chown(path, former.st_uid, former.st_gid)
    cluster.control("start")
    if is_standby:
        cluster.control("promote")


def texts(client: ChatClient) -> list[str]:
    return [item.text for item in client.replica.timeline(GENERAL)]


async def join(*clients: ChatClient) -> None:
    for number, client in enumerate(clients):
        await client.register(f"user-{number}", PASSWORD)
        client.opened(GENERAL)


async def test_p23_after_all_servers_were_stopped_and_an_older_copy_was_put_in_place_clients_notice(
    own_cluster: Cluster, tmp_path: Path
) -> None:
    db = ("--db", own_cluster.address("chat"))
    async with (
        ServerProcess(tmp_path / "one", *db) as one,
        ServerProcess(tmp_path / "other", *db) as other,
        chatcore.connect(one.url) as alice,
        chatcore.connect(other.url) as bob,
    ):
        await join(alice, bob)
        await alice.post(GENERAL, "in the copy")
        await asyncio.to_thread(copy, own_cluster)
        await alice.post(GENERAL, "gone")
        await bob.post(GENERAL, "gone too")
        await asyncio.gather(one.terminate(), other.terminate())
        await asyncio.to_thread(put_in_place, own_cluster, is_standby=False)
        await asyncio.gather(one.start(), other.start())
        await bob.post(GENERAL, "new")

        await until(lambda: texts(alice) == texts(bob) == ["in the copy", "new"])


@pytest.mark.parametrize("is_standby", [False, True], ids=["an older copy", "a standby that was promoted"])
async def test_p6_a_server_whose_database_has_come_back_without_its_end_says_so_and_clients_begin_anew(
    own_cluster: Cluster, tmp_path: Path, *, is_standby: bool
) -> None:
    async with (
        ServerProcess(tmp_path / "one", "--db", own_cluster.address("chat")) as server,
        chatcore.connect(server.url) as alice,
        chatcore.connect(server.url) as bob,
    ):
        await join(alice, bob)
        await alice.post(GENERAL, "in the copy")
        await asyncio.to_thread(copy, own_cluster)
        for text in ("gone", "gone too"):
            await alice.post(GENERAL, text)
        await asyncio.to_thread(put_in_place, own_cluster, is_standby=is_standby)
        waiting = asyncio.create_task(bob.post(GENERAL, "new"))
        status = await server.wait()  # whatever keeps it running starts it again
        await server.start()
        await waiting

        await until(lambda: texts(alice) == texts(bob) == ["in the copy", "new"])

    assert status == 1
    assert "may lack what was committed last" in server.log


@pytest.mark.parametrize("gone", [1, 2])
async def test_p6_a_server_notices_so_though_nobody_writes_and_only_the_last_message_is_missing(
    own_cluster: Cluster, tmp_path: Path, gone: int
) -> None:
    async with (
        ServerProcess(tmp_path / "one", "--db", own_cluster.address("chat")) as server,
        chatcore.connect(server.url) as alice,
    ):
        await alice.register("alice", PASSWORD)
        await asyncio.to_thread(copy, own_cluster)
        for number in range(gone):
            await alice.post(GENERAL, f"gone {number}")
        await asyncio.to_thread(put_in_place, own_cluster, is_standby=False)
        status = await server.wait()

    assert status == 1
    assert "may lack what was committed last" in server.log
    assert "never retrieved" not in server.log


@pytest.mark.parametrize(
    ("timeline", "position", "is_synchronous", "may_lack"),
    [
        (1, 1_000, False, False),
        (1, 2_000, False, False),
        (1, 999, False, True),
        (2, 2_000, False, True),
        (2, 2_000, True, False),
        (1, 999, True, True),
    ],
)
def test_what_comes_back_may_lack_something_where_it_is_behind_or_another_one_that_nobody_waited_for(
    timeline: int, position: int, *, is_synchronous: bool, may_lack: bool
) -> None:
    before = Past(1, 1_000, is_synchronous, "e")

    assert before.may_lack(Past(timeline, position, is_synchronous=False, epoch="e")) == may_lack

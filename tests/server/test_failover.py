"""Servers over a PostgreSQL that a standby follows: it takes over, and clients see a pause."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import attrs
import pytest

import chatcore
from chatcore import GENERAL, ChatClient, ConnectionPhase, ConnectionState, Observer
from chatcore.testing import postgres_process
from chatcore.testing.postgres_process import QUICK
from chatcore.testing.server_process import ServerProcess
from tests.postgres import Cluster, running
from tests.waiting import until

pytestmark = pytest.mark.timeout(120)

WAITS = (
    "alter system set synchronous_standby_names = '*'",
    "alter system set synchronous_commit = on",
    "select pg_reload_conf()",
)


class Losses(Observer):
    """Counts how many times a connection was lost."""

    def __init__(self) -> None:
        self.count = 0

    def connection_changed(self, state: ConnectionState, /) -> None:
        self.count += state.phase is ConnectionPhase.OFFLINE


@pytest.fixture
def primary() -> Iterator[Cluster]:
    with running() as cluster:
        cluster.make("chat")
        yield cluster


@attrs.define
class Pair:
    """Two servers on a PostgreSQL and its standby, with a client at each."""

    primary: Cluster
    follower: Cluster
    servers: Sequence[ServerProcess]
    clients: Sequence[ChatClient]
    losses: Sequence[Losses]

    async def take_over(self) -> None:
        """The primary dies, and the standby takes its place."""
        await asyncio.to_thread(self.primary.control, "stop", "-m", "immediate")
        await asyncio.to_thread(self.follower.control, "promote")


@asynccontextmanager
async def pair(primary: Cluster, folder: Path) -> AsyncIterator[Pair]:
    """Start them; every commit waits for the standby."""
    with postgres_process.standby(primary, QUICK) as follower:
        primary.run(*WAITS)
        hosts = ",".join(quote(str(cluster.folder), safe="") for cluster in (follower, primary))
        db = ("--db", f"postgresql://chat@/chat?host={hosts}")
        async with (
            ServerProcess(folder / "one", *db) as one,
            ServerProcess(folder / "other", *db) as other,
            chatcore.connect(one.url) as alice,
            chatcore.connect(other.url) as bob,
        ):
            losses = [Losses(), Losses()]
            for name, client, observer in zip(("alice", "bob"), (alice, bob), losses, strict=True):
                await client.register(name, "correct horse battery")
                client.opened(GENERAL)
                client.subscribe(observer)
            yield Pair(primary, follower, (one, other), (alice, bob), losses)


async def test_when_a_standby_takes_over_for_which_all_waited_nothing_is_lost_and_nobody_is_disconnected(
    primary: Cluster, tmp_path: Path
) -> None:
    async with pair(primary, tmp_path) as both:
        is_over = asyncio.Event()
        acked = list[str]()

        async def write(client: ChatClient) -> None:
            number = 0
            while not is_over.is_set():
                number += 1
                acked.append((await client.post(GENERAL, f"{client.me.name} {number}")).text)

        writers = [asyncio.create_task(write(client)) for client in both.clients]
        await until(lambda: len(acked) > 40)
        await both.take_over()
        before = len(acked)
        await until(lambda: len(acked) > before + 40)
        is_over.set()
        await asyncio.gather(*writers)
        stored = both.follower.run("select text from message order by seq", database="chat").splitlines()
        seqs = both.follower.run("select seq from message order by seq", database="chat").splitlines()

        assert Counter(stored) == Counter(acked)
        assert [int(seq) for seq in seqs] == [*range(1, len(acked) + 1)]
        await until(lambda: len({client.replica.tally(GENERAL).seq for client in both.clients}) == 1)
        assert [loss.count for loss in both.losses] == [0, 0]
        assert not any(server.has_ended for server in both.servers)


async def test_a_standby_that_was_not_promoted_yet_is_not_written_to(primary: Cluster, tmp_path: Path) -> None:
    async with pair(primary, tmp_path) as both:
        alice, bob = both.clients
        await asyncio.to_thread(primary.control, "stop", "-m", "immediate")
        posting = asyncio.create_task(alice.post(GENERAL, "waits"))
        done, _ = await asyncio.wait([posting], timeout=2)
        await asyncio.to_thread(both.follower.control, "promote")

        assert not done
        assert (await posting).text == "waits"
        await until(lambda: bob.replica.tally(GENERAL).seq == 1)

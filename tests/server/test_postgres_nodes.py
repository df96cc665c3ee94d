"""Several servers as processes on one PostgreSQL: killed, frozen, cut off, and with one name."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import attrs
import pytest

import chatcore
from chatcore.testing.server_process import ServerProcess
from chatcore_server.cli import main
from tests.nats import NatsServer
from tests.postgres import Cluster
from tests.waiting import until

pytestmark = pytest.mark.timeout(120)


@attrs.define
class Nodes:
    """Three servers, with a client at each."""

    servers: list[ServerProcess]
    clients: list[chatcore.ChatClient]
    users: list[chatcore.UserId]

    def sees(self, at: int, *active: int) -> bool:
        """Return whether the client of one server sees just those of these servers as active."""
        here = self.clients[at]
        return all(here.replica.is_active(user) == (n in active) for n, user in enumerate(self.users))

    def all_see(self, *active: int) -> bool:
        """Return whether the clients of these servers see each other as active, and nobody else."""
        return all(self.sees(at, *active) for at in active)


@asynccontextmanager
async def joined(database: str, folder: Path, *options: str) -> AsyncIterator[Nodes]:
    """Start three servers, and have somebody at each."""
    async with AsyncExitStack() as stack:
        starting = [ServerProcess(folder / f"{n}", "--db", database, *options) for n in range(3)]
        servers = [await stack.enter_async_context(server) for server in starting]
        clients = [await stack.enter_async_context(chatcore.connect(server.url)) for server in servers]
        for client, name in zip(clients, ("alice", "bob", "carol"), strict=True):
            await client.register(name, "correct horse battery")
        nodes = Nodes(servers, clients, [client.me.id for client in clients])
        await until(lambda: nodes.all_see(0, 1, 2))
        yield nodes


@pytest.fixture
async def nodes(database: str, tmp_path: Path) -> AsyncIterator[Nodes]:
    async with joined(database, tmp_path) as nodes:
        yield nodes


async def test_p15_who_was_at_a_server_that_was_killed_is_inactive_at_the_others(nodes: Nodes) -> None:
    await nodes.servers[2].kill()

    await until(lambda: nodes.all_see(0, 1))


async def test_a_server_that_was_frozen_is_given_up_and_begins_anew_when_it_goes_on(nodes: Nodes) -> None:
    frozen = nodes.servers[2]
    await until(lambda: nodes.all_see(0, 1, 2))
    frozen.send(signal.SIGSTOP)
    await until(lambda: nodes.all_see(0, 1), 60)
    frozen.send(signal.SIGCONT)

    await until(lambda: "given this one up" in frozen.log)
    await until(lambda: nodes.all_see(0, 1, 2))

    message = await nodes.clients[2].post(chatcore.GENERAL, "here again")
    assert message.text == "here again"


async def test_after_a_crash_of_the_database_everybody_is_seen_as_active_again(cluster: Cluster, nodes: Nodes) -> None:
    cluster.control("restart", "-m", "immediate")
    assert cluster.run("select count(*) from present", database="chat", role="chat") in {"0", "1", "2", "3"}

    await until(lambda: cluster.run("select count(*) from present", database="chat", role="chat") == "3", 60)

    assert nodes.all_see(0, 1, 2)
    assert not any("given this one up" in server.log for server in nodes.servers)


async def test_p27_a_log_out_at_one_server_ends_the_session_at_the_others(nodes: Nodes) -> None:
    alice = nodes.clients[0]
    async with chatcore.connect(nodes.servers[1].url, token=alice.token) as elsewhere:
        await elsewhere.synced()
        await alice.log_out()

        await until(lambda: elsewhere.connection.phase is not chatcore.ConnectionPhase.ONLINE)


# ---- through NATS


@pytest.fixture
async def ringing(database: str, tmp_path: Path, nats: NatsServer) -> AsyncIterator[Nodes]:
    async with joined(database, tmp_path, "--bus", nats.url) as nodes:
        yield nodes


async def heard(client: chatcore.ChatClient, count: int) -> list[str]:
    """Return the texts of the first messages that come."""
    texts = list[str]()
    async for message in client.messages():
        texts.append(message.text)
        if len(texts) == count:
            break
    return texts


async def test_three_servers_ring_each_other_through_nats(ringing: Nodes) -> None:
    alice, bob, carol = ringing.clients
    listening = [asyncio.create_task(heard(client, 2)) for client in (bob, carol)]
    await bob.synced()
    await carol.synced()

    for text in ("one", "two"):
        await alice.post(chatcore.GENERAL, text)

    assert [await task for task in listening] == [["one", "two"], ["one", "two"]]


async def test_p7_with_a_dead_bus_messages_presence_and_log_outs_still_arrive(ringing: Nodes, nats: NatsServer) -> None:
    alice, bob, carol = ringing.clients
    nats.stop()
    await until(lambda: all("is cut" in server.log for server in ringing.servers))
    listening = asyncio.create_task(heard(bob, 2))
    await bob.synced()

    for text in ("one", "two"):
        await alice.post(chatcore.GENERAL, text)
    await carol.log_out()

    assert await listening == ["one", "two"]
    await until(lambda: ringing.sees(0, 0, 1))
    nats.start()
    await until(lambda: all("works again" in server.log for server in ringing.servers))
    again = asyncio.create_task(heard(bob, 1))
    await bob.synced()
    await alice.post(chatcore.GENERAL, "three")
    assert await again == ["three"]


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        (["--bus", "nats://127.0.0.1:1"], 1, "cannot use the bus nats://127.0.0.1:1: "),
        (["--bus", "nats://me:secret@127.0.0.1"], 2, "keep the password in a file of its own"),
        (["--bus", "http://127.0.0.1"], 1, "this is not an address of a NATS server"),
        (["--bus", "nats://bus.example"], 1, "it needs credentials"),
        (["--bus", "nats://127.0.0.1", "--bus-credentials", "missing"], 1, "cannot read the credentials in"),
        (["--bus-credentials", "missing"], 2, "there is no --bus"),
    ],
)
def test_a_bus_that_cannot_be_used_is_told_in_one_line(
    database: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    status: int,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["serve", "--db", database, "--port", "0", "--log-level", "error", *options]) == status

    line = capsys.readouterr().err
    assert told in line
    assert "secret" not in line
    assert line.count("\n") == 1


def test_a_bus_for_a_server_with_a_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--db", "chat.db", "--bus", "nats://127.0.0.1"]) == 2
    assert "--bus is for servers that share a database" in capsys.readouterr().err


# ---- names


async def test_a_second_server_with_a_name_that_was_given_is_refused_in_one_sentence(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with ServerProcess(tmp_path / "one", "--db", database, "--node", "berlin") as one:
        with pytest.raises(RuntimeError, match="another server that runs has the name berlin"):
            await ServerProcess(tmp_path / "other", "--db", database, "--node", "berlin").start()

        await one.restart()  # killed, and back under its own name at once


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "ż", ".", "..", "a/b"])
def test_what_is_no_name_of_a_server_is_refused(capsys: pytest.CaptureFixture[str], name: str) -> None:
    status = main(["serve", "--db", "postgresql://chat@127.0.0.1/chat", "--node", name])

    assert (status, capsys.readouterr().err.count("\n")) == (2, 1)


def test_a_name_for_a_server_with_a_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--db", "chat.db", "--node", "berlin"]) == 2
    assert "--node is for servers that share a database" in capsys.readouterr().err

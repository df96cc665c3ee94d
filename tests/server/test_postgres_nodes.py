"""Several servers as processes on one PostgreSQL: killed, frozen, cut off, and with one name."""

import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import attrs
import pytest

import chatcore
from chatcore.testing.server_process import ServerProcess
from chatcore_server.cli import main
from tests.postgres import Cluster
from tests.waiting import until

pytestmark = pytest.mark.timeout(120)


@attrs.define
class Nodes:
    """Three servers, with a client at each."""

    servers: list[ServerProcess]
    clients: list[chatcore.ChatClient]

    def sees(self, at: int, *active: int) -> bool:
        """Return whether the client of one server sees just those of these servers as active."""
        here = self.clients[at]
        return all(here.replica.is_active(client.me.id) == (n in active) for n, client in enumerate(self.clients))

    def all_see(self, *active: int) -> bool:
        """Return whether the clients of these servers see each other as active, and nobody else."""
        return all(self.sees(at, *active) for at in active)


@pytest.fixture
async def nodes(database: str, tmp_path: Path) -> AsyncIterator[Nodes]:
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(ServerProcess(tmp_path / f"{n}", "--db", database)) for n in range(3)
        ]
        clients = [await stack.enter_async_context(chatcore.connect(server.url)) for server in servers]
        for client, name in zip(clients, ("alice", "bob", "carol"), strict=True):
            await client.register(name, "correct horse battery")
        nodes = Nodes(servers, clients)
        await until(lambda: nodes.all_see(0, 1, 2))
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


async def test_a_second_server_with_a_name_that_was_given_is_refused_in_one_sentence(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with ServerProcess(tmp_path / "one", "--db", database, "--node", "berlin") as one:
        with pytest.raises(RuntimeError, match="another server that runs has the name berlin"):
            await ServerProcess(tmp_path / "other", "--db", database, "--node", "berlin").start()

        await one.restart()  # killed, and back under its own name at once


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "ż"])
def test_what_is_no_name_of_a_server_is_refused(capsys: pytest.CaptureFixture[str], name: str) -> None:
    status = main(["serve", "--db", "postgresql://chat@127.0.0.1/chat", "--node", name])

    assert (status, capsys.readouterr().err.count("\n")) == (2, 1)


def test_a_name_for_a_server_with_a_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--db", "chat.db", "--node", "berlin"]) == 2
    assert "--node is for servers that share a database" in capsys.readouterr().err

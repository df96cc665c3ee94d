"""The server as a process over PostgreSQL: one and two of them, and what they are told when it cannot be."""

import asyncio
import signal
from pathlib import Path

import pytest

import chatcore
from chatcore.testing.server_process import ServerProcess
from chatcore_server.cli import main
from tests.postgres import Cluster


async def test_people_chat_over_a_server_whose_database_is_in_postgresql_and_find_it_all_after_a_restart(
    database: str, tmp_path: Path
) -> None:
    async with ServerProcess(tmp_path / "one", "--db", database) as server:
        async with chatcore.connect(server.url) as alice:
            await alice.register("alice", "correct horse battery")
            await alice.post(chatcore.GENERAL, "hello")
        assert await server.terminate() == 0
        await server.start()

        async with chatcore.connect(server.url) as alice:
            await alice.log_in("alice", "correct horse battery")
            history = await alice.history(chatcore.GENERAL)

    assert [message.text for message in history] == ["hello"]
    assert f"the database is {database}" in server.log


async def test_a_server_is_not_ready_while_its_database_is_down_and_goes_on_when_it_is_back(
    cluster: Cluster, database: str, tmp_path: Path
) -> None:
    async with ServerProcess(tmp_path / "one", "--db", database) as server, chatcore.connect(server.url) as alice:
        await alice.register("alice", "correct horse battery")
        cluster.control("stop", "-m", "immediate")
        try:
            posted = asyncio.create_task(alice.post(chatcore.GENERAL, "hello"))
            before = await _page(server, "readyz")
            alive = await _page(server, "healthz")
        finally:
            cluster.control("start")
        message = await posted
        statuses = list[str]()
        await _until_ready(server, statuses)

    assert (before, alive) == ("503", "200")
    assert message.seq == 1


async def _first(client: chatcore.ChatClient) -> chatcore.Message:
    async for message in client.messages():
        return message
    raise AssertionError


async def _until_ready(server: ServerProcess, statuses: list[str]) -> None:
    async with asyncio.timeout(20):
        while "200" not in statuses:
            statuses.append(await _page(server, "readyz"))


async def _page(server: ServerProcess, path: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = await reader.read()
    writer.close()
    return head.split()[1].decode()


async def test_p15_people_at_two_servers_on_one_database_chat_with_each_other(database: str, tmp_path: Path) -> None:
    async with (
        ServerProcess(tmp_path / "one", "--db", database) as one,
        ServerProcess(tmp_path / "other", "--db", database) as other,
        chatcore.connect(one.url) as alice,
        chatcore.connect(other.url) as bob,
    ):
        await alice.register("alice", "correct horse battery")
        me = await bob.register("bob", "correct horse battery")
        heard = asyncio.create_task(_first(bob))
        await bob.synced()

        posted = await alice.post(await alice.conversation_with(me.id), "hello")
        came = await heard

    assert came == posted


async def test_a_server_that_is_killed_leaves_nothing_that_keeps_the_next_one_from_starting(
    database: str, tmp_path: Path
) -> None:
    async with ServerProcess(tmp_path / "one", "--db", database) as server:
        server.send(signal.SIGKILL)
        await server.wait()
        await server.start()

        async with chatcore.connect(server.url) as alice:
            assert (await alice.register("alice", "correct horse battery")).number == 1


@pytest.mark.parametrize(
    ("url", "status", "told"),
    [
        ("postgresql://chat:secret@127.0.0.1/chat", 2, "keep the password in a file of its own"),
        ("postgresql://chat@127.0.0.1:1/chat", 1, "cannot reach postgresql://chat@127.0.0.1:1/chat"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], url: str, status: int, told: str
) -> None:
    assert main(["serve", "--db", url]) == status

    line = capsys.readouterr().err
    assert told in line
    assert "secret" not in line
    assert line.count("\n") == 1


def test_a_file_without_a_password_is_told_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "password"

    status = main(["serve", "--db", "postgresql://chat@127.0.0.1/chat", "--db-password-file", str(file)])

    assert (status, capsys.readouterr().err) == (
        1,
        f"chatcore-server: cannot read the password in {file}: no such file or directory\n",
    )


def test_a_password_for_a_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["serve", "--db", "chat.db", "--db-password-file", "password"])

    assert status == 2
    assert "--db-password-file is for a database of PostgreSQL" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["backup", "x"], ["restore", "x"]])
def test_commands_for_a_file_say_that_they_are(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    status = main([*command, "--db", "postgresql://chat@127.0.0.1/chat"])

    assert status == 2
    assert "this command is for a SQLite file" in capsys.readouterr().err

"""A server that also listens on a Unix socket, for programs of the same user."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import chatcore
from chatcore.testing.server_process import ServerProcess
from chatcore_server.cli import main

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no Unix sockets")


@pytest.fixture
def path() -> Iterator[Path]:
    """Where a socket can be: a path of it has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="own-") as name:
        yield Path(name) / "run" / "chat.sock"


async def test_people_meet_who_come_by_the_socket_and_by_the_port(tmp_path: Path, path: Path) -> None:
    async with (
        ServerProcess(tmp_path / "chat.db", "--unix", str(path)) as server,
        chatcore.connect(f"unix:{path}") as alice,
        chatcore.connect(server.url) as bob,
    ):
        await alice.register("alice", "correct horse battery")
        await bob.register("bob", "correct horse battery")
        message = await alice.post(await alice.conversation_with("bob"), "hello")

        history = await bob.history(message.conversation)

    assert [each.text for each in history] == ["hello"]


async def test_a_server_that_was_killed_is_followed_by_another_one_at_the_same_socket(
    tmp_path: Path, path: Path
) -> None:
    async with (
        ServerProcess(tmp_path / "chat.db", "--unix", str(path)) as server,
        chatcore.connect(f"unix:{path}") as alice,
    ):
        await alice.register("alice", "correct horse battery")
        await server.restart()

        assert (await alice.post(chatcore.GENERAL, "hello")).seq == 1


def test_a_socket_that_cannot_be_had_ends_the_server_with_one_sentence(
    tmp_path: Path, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o755)

    status = main(["--db", str(tmp_path / "chat.db"), "--port", "0", "--unix", str(path)])

    told = f"the folder {path.parent} is open to other users of this machine (mode 755): chmod 700 closes it"
    assert (status, capsys.readouterr().err.splitlines()[-1]) == (1, f"chatcore-server: {told}")

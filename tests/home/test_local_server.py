"""Starting a server on this machine."""

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import chatcore
from chatcore.adapters.system import SystemClock
from chatcore.home import entry, local_server
from chatcore.home.entry import Entry
from chatcore.home.local_server import NotStarted
from chatcore.home.profiles import Profile
from tests.server.poor_machine import refuse_unix
from tests.waiting import until


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A port at which nothing listens, as the default one."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number: int = taken.getsockname()[1]
    monkeypatch.setattr(local_server, "DEFAULT_SERVER", f"ws://127.0.0.1:{number}")
    return number


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of sockets, with a short name: a path of one has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="run-") as name:
        monkeypatch.setenv("XDG_RUNTIME_DIR", name)
        yield Path(name)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


async def test_a_server_is_missing_only_where_nothing_listens_at_the_default_address(port: int) -> None:
    clock = SystemClock()

    missing = await local_server.is_missing(f"ws://127.0.0.1:{port}", clock)
    elsewhere = await local_server.is_missing("ws://127.0.0.1:1", clock)
    with socket.create_server(("127.0.0.1", port)):
        there = await local_server.is_missing(f"ws://127.0.0.1:{port}/", clock)

    assert (missing, elsewhere, there) == (True, False, False)


async def test_a_started_server_can_be_chatted_on(port: int, data: Path) -> None:
    server = f"ws://127.0.0.1:{port}"

    process = await local_server.start(server, data / "logs" / "server.log", SystemClock())
    try:
        assert local_server.running(data / "logs") == process.pid
        async with chatcore.connect(server) as alice:
            await alice.register("alice", "correct horse battery")
            assert alice.me.name == "alice"
    finally:
        process.terminate()
        assert process.wait() == 0

    assert local_server.running(data / "logs") is None
    assert "listening on" in (data / "logs" / "server.log").read_text()


async def test_a_started_server_is_found_by_the_socket_that_nobody_else_can_have(
    port: int, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = await local_server.start(f"ws://127.0.0.1:{port}", data / "server.log", SystemClock())
    nobody = "ws://127.0.0.1:1"  # listens there
    monkeypatch.setattr(entry, "DEFAULT_SERVER", nobody)
    try:
        async with Entry().client(Profile(nobody, "alice"), keeps=False, wait=True) as alice:
            await alice.register("alice", "correct horse battery")
            assert alice.me.name == "alice"
    finally:
        process.terminate()
        process.wait()


async def test_a_server_is_started_though_the_file_system_has_no_sockets(
    port: int, data: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "bind", refuse_unix(socket.socket.bind))

    log = data / "logs" / "server.log"

    process = await local_server.start(f"ws://127.0.0.1:{port}", log, SystemClock())
    try:
        await until(lambda: "listening on" in log.read_text())
        assert not (runtime / "chatcore" / "chat.sock").exists()
    finally:
        process.terminate()
        assert process.wait() == 0


async def test_a_server_is_not_missing_where_one_listens_at_the_socket_alone(port: int, runtime: Path) -> None:
    (runtime / "chatcore").mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(runtime / "chatcore" / "chat.sock"))
        there_no_more = await local_server.is_missing(f"ws://127.0.0.1:{port}", SystemClock())
        listening.listen()
        there = await local_server.is_missing(f"ws://127.0.0.1:{port}", SystemClock())

    assert (there_no_more, there) == (True, False)


async def test_a_server_that_cannot_start_says_why(port: int, data: Path) -> None:
    (data / "chatcore").write_text("a file where the folder should be")

    with pytest.raises(NotStarted, match="chatcore-server: "):
        await local_server.start(f"ws://127.0.0.1:{port}", data / "server.log", SystemClock())


@pytest.mark.parametrize("note", ['{"process": 1}', '{"process": "x"}', "{}", "damaged"])
def test_no_other_process_is_taken_for_the_server_that_was_started(data: Path, note: str) -> None:
    (data / "server.json").write_text(note)

    assert local_server.running(data) is None

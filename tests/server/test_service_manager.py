"""What a service manager hands over, and is told."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

import chatcore
from chatcore.adapters.system import SystemClock
from chatcore_server.service_manager import ServiceManager, handed_over

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no service managers of this kind")

# Does what systemd does: it hands over its sockets from the third descriptor on, to the process that it starts.
_HAND_OVER = """
import os, sys
count = int(sys.argv[1])
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(count)}
os.execv(sys.executable, [sys.executable, "-m", "chatcore_server", *sys.argv[2:]])
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name: a socket's path has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="own-") as name:
        yield Path(name)


@attrs.define
class Manager:
    """A manager that listens for what a server tells it."""

    ear: socket.socket

    async def hears(self) -> str:
        async with asyncio.timeout(30):
            return (await asyncio.get_running_loop().sock_recv(self.ear, 1024)).decode()


@pytest.fixture
def manager(folder: Path) -> Iterator[Manager]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(folder / "notify"))
        ear.setblocking(False)
        yield Manager(ear)


def started(folder: Path, sockets: list[socket.socket], *options: str, **environment: str) -> subprocess.Popen[bytes]:
    """Start a server with sockets as its third descriptor and those behind it."""
    kept = [os.dup(one.fileno()) for one in sockets]

    def arrange() -> None:
        for number, descriptor in enumerate(kept, 3):
            os.dup2(os.dup(descriptor), 50 + number)
        for number in range(3, 3 + len(kept)):
            os.dup2(50 + number, number)

    fixed = ("--db", str(folder / "chat.db"), "--password-cost", "low", *options)
    process = subprocess.Popen(
        [sys.executable, "-c", _HAND_OVER, str(len(sockets)), *fixed],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        close_fds=False,
        preexec_fn=arrange,  # noqa: PLW1509 - nothing else runs here
    )
    for descriptor in kept:
        os.close(descriptor)
    return process


async def ended(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    out, err = await asyncio.to_thread(process.communicate)
    return process.returncode, out.decode(), err.decode()


async def test_a_server_listens_on_the_sockets_that_it_is_given_and_says_how_it_is(
    folder: Path, manager: Manager
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as by_port, socket.socket(socket.AF_UNIX) as by_path:
        by_path.bind(str(folder / "chat.sock"))
        by_path.listen()
        process = started(folder, [by_port, by_path], NOTIFY_SOCKET=str(folder / "notify"))
        try:
            assert await manager.hears() == "READY=1"
            url = f"ws://127.0.0.1:{by_port.getsockname()[1]}"
            async with chatcore.connect(url) as alice, chatcore.connect(f"unix:{folder / 'chat.sock'}") as bob:
                await alice.register("alice", "correct horse battery")
                await bob.register("bob", "correct horse battery")
                assert (await bob.post(chatcore.GENERAL, "hello")).seq == 1
        finally:
            process.terminate()
            status, out, _ = await ended(process)
        assert await manager.hears() == "STOPPING=1"
        assert (status, out) == (0, f"listening on {url}\n")


async def test_who_comes_while_the_server_is_restarted_waits_and_is_served(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"ws://127.0.0.1:{listening.getsockname()[1]}"
        first = started(folder, [listening])
        async with chatcore.connect(url) as alice:
            await alice.register("alice", "correct horse battery")
            first.terminate()
            assert (await ended(first))[0] == 0

            reader, writer = await asyncio.open_connection(*listening.getsockname())  # nobody refuses it
            writer.write(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
            second = started(folder, [listening])
            try:
                assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
                assert (await alice.post(chatcore.GENERAL, "hello")).seq == 1
            finally:
                writer.close()
                second.terminate()
                await ended(second)


async def test_a_socket_that_other_machines_reach_needs_what_a_port_needs(folder: Path) -> None:
    with socket.create_server(("0.0.0.0", 0)) as listening:
        status, _, told = await ended(started(folder, [listening]))

    assert (status, told.count("\n")) == (2, 1)
    assert "other machines can reach 0.0.0.0" in told


async def test_what_does_not_listen_is_told_in_one_line(folder: Path) -> None:
    with socket.socket() as idle:
        status, _, told = await ended(started(folder, [idle]))

    assert status == 1
    assert told == (
        "chatcore-server: what the service manager hands over is no socket that listens (ListenStream= makes one)\n"
    )


def test_what_is_for_another_process_is_left_alone_and_nobody_else_gets_it() -> None:
    environment = {"LISTEN_PID": "1", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "a:b", "HOME": "/"}

    assert handed_over(environment, 2) == ()
    assert environment == {"HOME": "/"}


def test_without_a_manager_nobody_is_told_anything() -> None:
    ServiceManager.of({}, 1).tell("READY=1")
    ServiceManager("/nowhere/at/all").tell("READY=1")


def test_a_manager_without_a_place_in_the_file_system_is_told_too() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind("\0chatcore-test-of-a-manager")
        ServiceManager("@chatcore-test-of-a-manager").tell("READY=1")

        assert ear.recv(100) == b"READY=1"


@pytest.mark.parametrize(
    ("environment", "interval"),
    [
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "3000000"}, 3.0),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"}, 3.0),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"}, None),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "soon"}, None),
        ({"NOTIFY_SOCKET": "/n"}, None),
        ({"WATCHDOG_USEC": "3000000"}, None),
    ],
)
def test_who_watches_says_how_often_it_wants_to_hear(environment: dict[str, str], interval: float | None) -> None:
    assert ServiceManager.of(environment, 7).interval == interval
    assert environment == {}


async def test_a_manager_that_watches_is_told_again_and_again(folder: Path, manager: Manager) -> None:
    told = asyncio.create_task(ServiceManager(str(folder / "notify"), 0.02).keep_alive(SystemClock()))

    assert [await manager.hears() for _ in range(3)] == ["WATCHDOG=1"] * 3
    told.cancel()

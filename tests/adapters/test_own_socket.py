"""Unix sockets for programs of one user: who may listen there, who may come, and what is refused."""

import asyncio
import os
import shutil
import socket
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from chatcore.adapters import standing
from chatcore.adapters.websocket import NotOwn, WebSocketDialer, own_socket
from chatcore.adapters.websocket.listener import WebSocketListener
from chatcore.adapters.websocket.own_socket import connected_socket, listening_socket
from chatcore.errors import Unreachable
from chatcore.ports.transport import Link, LinkDown, OutFrame
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no Unix sockets")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of one's own with a short name: a socket's path has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="own-") as name:
        yield Path(name)


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "chat.sock"


async def until_down(link: Link) -> None:
    with suppress(LinkDown):
        while True:
            await link.receive()


async def echo(link: Link) -> None:
    link.write([OutFrame(await link.receive())])
    await until_down(link)


def a_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the other end of every socket, and what is found of files, that of another user than this process is."""
    monkeypatch.setattr(os, "geteuid", lambda: 4711)


async def said_by(url: str, dialer: WebSocketDialer | None = None) -> str:
    link = await (dialer or WebSocketDialer()).dial(url)
    link.write([OutFrame(b"hello")])
    heard = await link.receive()
    link.abort()
    return heard.decode()


async def test_a_client_talks_with_a_server_by_a_socket_and_by_the_port(path: Path) -> None:
    async with WebSocketListener(echo, "127.0.0.1", 0, own=path) as listener:
        assert await said_by(f"unix:{path}") == "hello"
        assert await said_by(listener.url) == "hello"
        assert os.stat(path).st_mode & 0o777 == 0o600  # noqa: PTH116

    assert os.listdir(path.parent) == ["chat.sock.lock"]  # noqa: PTH208


async def test_the_socket_of_a_server_nearby_is_taken_before_its_port(path: Path) -> None:
    async def tell(link: Link) -> None:
        link.write([OutFrame(b"the server")])
        await until_down(link)

    async with WebSocketListener(echo, "127.0.0.1", 0) as of_another:
        dialer = WebSocketDialer(nearby={of_another.url: path})
        assert await said_by(of_another.url, dialer) == "hello"
        async with WebSocketListener(tell, "127.0.0.1", 0, own=path):
            assert await said_by(f"{of_another.url}/", dialer) == "the server"
        assert await said_by(of_another.url, dialer) == "hello"


async def test_a_socket_at_which_nobody_listens_any_more_leads_to_the_port(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))

    async with WebSocketListener(echo, "127.0.0.1", 0) as listener:
        assert await said_by(listener.url, WebSocketDialer(nearby={listener.url: path})) == "hello"


async def test_a_socket_that_is_not_to_be_trusted_does_not_lead_to_the_port(path: Path) -> None:
    async with WebSocketListener(echo, "127.0.0.1", 0, own=path) as listener:
        path.parent.chmod(0o777)

        with pytest.raises(Unreachable, match="is open to other users of this machine"):
            await WebSocketDialer(nearby={listener.url: path}).dial(listener.url)


async def test_a_server_that_is_another_users_gets_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    came = asyncio.Event()

    async def meet(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        came.set()

    server = await asyncio.start_unix_server(meet, path)
    if os.geteuid() == 0:  # whose servers everybody trusts
        monkeypatch.setattr(own_socket, "ROOT", 4712)
    a_stranger(monkeypatch)
    monkeypatch.setattr(own_socket, "check_folder", lambda *_: None)

    with pytest.raises(Unreachable) as caught:
        await WebSocketDialer().dial(f"unix:{path}")

    assert (str(caught.value), caught.value.field) == (
        f"the socket {path} is of another user of this machine",
        "server",
    )
    server.close()


async def test_a_client_that_is_another_users_is_not_heard(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = list[bytes]()

    async def listen(link: Link) -> None:
        heard.append(await link.receive())

    async with WebSocketListener(listen, "127.0.0.1", 0, own=path):
        if os.geteuid() == 0:
            monkeypatch.setattr(own_socket, "ROOT", 4712)
        a_stranger(monkeypatch)
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        ended = b""
        with suppress(ConnectionResetError):
            ended = await reader.read()
        writer.close()

    assert (ended, heard) == (b"", [])


async def test_root_is_let_in_and_trusted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_socket, "ROOT", os.geteuid())

    async with WebSocketListener(echo, "127.0.0.1", 0, own=path):
        assert await said_by(f"unix:{path}") == "hello"


def test_what_a_killed_server_has_left_is_replaced(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
        left.listen()
    assert path.is_socket()

    with listening_socket(path) as listener:
        listener.listen()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))


def refusal(path: Path) -> str:
    with pytest.raises(NotOwn) as caught, listening_socket(path):
        raise AssertionError
    return str(caught.value)


def test_a_second_server_is_refused(path: Path) -> None:
    with listening_socket(path):
        assert refusal(path) == f"another server listens at {path}"
        assert path.is_socket()


def test_a_socket_at_which_another_program_listens_is_left_alone(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen(0)

        assert refusal(path) == f"another server listens at {path}"
        assert path.is_socket()


def test_what_is_no_socket_is_left_alone(path: Path) -> None:
    path.write_text("mine")

    assert refusal(path) == f"{path} is there already, and is no socket"
    assert path.read_text() == "mine"


def test_a_link_to_a_socket_is_left_alone(path: Path) -> None:
    path.symlink_to(path.with_name("elsewhere"))

    assert refusal(path) == f"{path} is there already, and is no socket"


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o1777])
def test_a_folder_that_others_may_enter_is_refused(path: Path, mode: int) -> None:
    path.parent.chmod(mode)

    told = f"the folder {path.parent} is open to other users of this machine (mode {mode:o}): chmod 700 closes it"
    assert refusal(path) == told
    assert list(path.parent.iterdir()) == []


def test_a_folder_of_somebody_else_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_socket, "ROOT", 4712)
    a_stranger(monkeypatch)

    assert refusal(path) == f"the folder {path.parent} is of another user of this machine"


def test_folders_are_made_for_their_owner_alone_whatever_the_umask(folder: Path) -> None:
    former = os.umask(0)
    try:
        with listening_socket(folder / "run" / "chatcore" / "chat.sock"):
            modes = [made.stat().st_mode & 0o777 for made in (folder / "run", folder / "run" / "chatcore")]
    finally:
        os.umask(former)

    assert modes == [0o700, 0o700]


def test_a_path_that_is_too_long_is_told(folder: Path) -> None:
    path = folder / ("x" * 120)

    assert refusal(path) == f"a socket's path has at most 107 bytes: {path}"


async def test_where_nobody_listens_the_client_tries_again(path: Path) -> None:
    with pytest.raises(Unreachable) as caught:
        await WebSocketDialer().dial(f"unix:{path}")

    assert (str(caught.value), caught.value.field) == (f"cannot reach {path}: no such file or directory", None)


async def test_what_answers_and_is_no_chat_server_is_told(path: Path) -> None:
    async def meet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\r\n\r\n")
        writer.close()

    async with await asyncio.start_unix_server(meet, path):
        with pytest.raises(Unreachable, match="it does not answer as a chat server"):
            await WebSocketDialer().dial(f"unix:{path}")


async def test_a_system_without_unix_sockets_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")

    assert refusal(path) == "this system has no Unix sockets"
    with pytest.raises(NotOwn, match="this system has no Unix sockets"):
        await connected_socket(path)


def test_where_the_system_does_not_tell_whose_the_other_end_is_the_folder_has_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(own_socket, "ROOT", 4712)
    one, other = socket.socketpair()
    with one, other:
        assert own_socket.is_trusted(one)
        assert own_socket.is_trusted(one, os.geteuid())
        assert not own_socket.is_trusted(one, os.geteuid() + 1)


def test_the_system_tells_whose_the_other_end_is() -> None:
    one, other = socket.socketpair()
    with one, other:
        told = one.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)

    assert struct.unpack("3i", told)[:2] == (os.getpid(), os.geteuid())


def put_in_place(path: Path, text: str | None) -> None:
    path.unlink()
    if text is not None:
        path.write_text(text)


async def test_a_socket_that_is_taken_away_stands_there_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(standing, "LOOKS", 0.02)
    async with WebSocketListener(echo, "127.0.0.1", 0, own=path) as listener:
        before = await WebSocketDialer().dial(f"unix:{path}")
        put_in_place(path, None)
        await until(lambda: f"{path} was taken away: there is a new one" in caplog.messages)

        assert await said_by(f"unix:{path}") == "hello"
        assert await said_by(listener.url) == "hello"
        before.write([OutFrame(b"still here")])
        assert await before.receive() == b"still here"
        before.abort()
    assert os.listdir(path.parent) == ["chat.sock.lock"]  # noqa: PTH208


async def test_the_folder_of_a_socket_is_made_again_with_it(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(standing, "LOOKS", 0.02)
    async with WebSocketListener(echo, "127.0.0.1", 0, own=path):
        shutil.rmtree(path.parent)
        await until(lambda: caplog.messages)

        assert await said_by(f"unix:{path}") == "hello"
        assert os.stat(path.parent).st_mode & 0o777 == 0o700  # noqa: PTH116


async def test_where_a_socket_cannot_stand_again_it_is_said_once_and_tried_until_it_can(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(standing, "LOOKS", 0.02)
    tries = list[Path]()
    clear = own_socket._clear

    def counted(at: Path) -> None:
        tries.append(at)
        clear(at)

    monkeypatch.setattr(own_socket, "_clear", counted)
    async with WebSocketListener(echo, "127.0.0.1", 0, own=path):
        put_in_place(path, "mine")
        await until(lambda: len(tries) > 3)
        put_in_place(path, None)
        await until(lambda: len(caplog.messages) > 1)

        assert await said_by(f"unix:{path}") == "hello"
    assert caplog.messages == [
        f"{path} was taken away, and nobody can come by it: {path} is there already, and is no socket",
        f"{path} was taken away: there is a new one",
    ]


def test_what_another_one_has_put_there_is_not_removed(path: Path) -> None:
    with listening_socket(path):
        put_in_place(path, "mine")
    assert path.read_text() == "mine"

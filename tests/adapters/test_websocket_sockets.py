"""Names are looked up without holding anybody up, and of several addresses the first that answers is taken."""

import asyncio
import gc
import socket
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from chatcore.adapters.names import Address, is_name, look_up
from chatcore.adapters.websocket import sockets
from chatcore.adapters.websocket.sockets import open_socket
from tests.turns import turns

NO_NAME_SERVER = """
import asyncio, socket, threading
from chatcore.adapters.websocket import WebSocketDialer, WebSocketListener

async def serve(link):
    pass

async def main():
    dialling = WebSocketDialer().dial("wss://chat.example")
    listening = WebSocketListener(serve, "chat.example", 0).__aenter__()
    for opening in (dialling, listening):
        try:
            await asyncio.wait_for(opening, 0.1)
        except TimeoutError:
            print("given up")

socket.getaddrinfo = lambda *_, **__: threading.Event().wait()
asyncio.run(main())
print("left")
"""


def an_address(port: int, host: str = "127.0.0.1") -> Address:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))


def test_a_program_ends_at_once_although_a_name_is_still_looked_up() -> None:
    command = [sys.executable, "-c", NO_NAME_SERVER]
    program = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)

    assert (program.stdout.splitlines(), program.stderr) == (["given up", "given up", "left"], "")


async def test_a_name_that_nobody_answers_for_is_said_to_be_the_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()
    loop, go_on = asyncio.get_running_loop(), threading.Event()

    def block(*_: object, **__: object) -> list[Address]:
        loop.call_soon_threadsafe(asked.set)
        go_on.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", block)

    with pytest.raises(TimeoutError, match=r"its name could not be looked up within 0.05 s"):
        await look_up("chat.example", 443, time=0.05)

    await asked.wait()
    go_on.set()


async def test_an_address_that_does_not_answer_keeps_the_next_one_waiting_for_a_moment_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sockets, "STAGGER", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        full = [socket.socket() for _ in range(3)]
        for one in full:  # a queue that is full answers nobody
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())

        found = await open_socket([an_address(deaf.getsockname()[1]), an_address(server.getsockname()[1])])

        assert found.getpeername() == server.getsockname()
        for one in (found, *full):
            one.close()


async def test_an_address_that_refuses_does_not_keep_the_next_one_waiting(
    unused_tcp_port_factory: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "STAGGER", 1000)
    nobody = an_address(unused_tcp_port_factory())
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = await open_socket([nobody, an_address(server.getsockname()[1])])

        assert found.getpeername() == server.getsockname()
        found.close()


async def test_what_is_cancelled_leaves_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "STAGGER", 0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        for count in range(12):
            opening = asyncio.ensure_future(open_socket([an_address(server.getsockname()[1])] * 3))
            await turns(count)
            opening.cancel()
            await asyncio.wait([opening])
            if not opening.cancelled():
                opening.result().close()
            await turns(5)

    # A socket that was left open is a warning, and so an error.
    gc.collect()


@pytest.mark.parametrize(("host", "needs"), [("localhost", True), ("127.0.0.1", False), ("::1", False), ("", False)])
def test_only_names_are_looked_up(host: str, needs: bool) -> None:
    assert is_name(host) is needs

"""The server as a process: ready, in good health, told to stop, killed, and refused with one line."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import attrs
import pytest
from websockets import Origin
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

import chatcore
from chatcore.adapters.system import SystemClock
from chatcore.adapters.websocket import WebSocketDialer
from chatcore.testing.server_process import ServerProcess
from tests.certificates import make_certificates


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with ServerProcess(tmp_path / "chat.db") as server:
        yield server


@attrs.frozen
class Ended:
    status: int
    out: str
    err: str


async def run(*options: str, **environment: str) -> Ended:
    """Run a server that is to end by itself."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chatcore_server", *options),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


def refused(told: str) -> Ended:
    return Ended(1, "", f"chatcore-server: {told}\n")


# ---- ready and in good health --------------------------------------------------------------------------------------


async def test_the_ready_line_names_the_port_that_was_taken(server: ServerProcess) -> None:
    assert re.fullmatch(r"ws://127\.0\.0\.1:[1-9]\d*", server.url)


async def test_two_people_chat_over_the_server(server: ServerProcess) -> None:
    async with chatcore.connect(server.url) as alice, chatcore.connect(server.url) as bob:
        await alice.register("alice", "correct horse battery")
        await bob.register("bob", "correct horse battery")

        message = await alice.post(await alice.conversation_with("bob"), "hello")

        assert (await bob.history(message.conversation))[0].text == "hello"


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [("healthz", 200, "alive\n"), ("readyz", 200, "ready\n"), ("x", 404, "there is no such page\n")],
)
async def test_the_health_pages_are_on_the_same_port(server: ServerProcess, path: str, status: int, told: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()

    assert (int(head.split()[1]), body) == (status, told)


async def test_a_web_site_is_welcome_only_when_it_is_listed(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db", "--origin", "https://chat.example") as server:
        async with connect(server.url, origin=Origin("https://chat.example")):
            pass
        with pytest.raises(InvalidStatus):
            await connect(server.url, origin=Origin("https://evil.example"))


async def test_encrypted_connections_are_served_with_the_given_certificate(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    options = ("--tls-cert", str(certificates.certificate), "--tls-key", str(certificates.key))
    async with ServerProcess(tmp_path / "chat.db", *options) as server:
        link = await WebSocketDialer(tls=certificates.for_client()).dial(server.url)
        await link.close()

    assert server.url.startswith("wss://127.0.0.1:")


async def test_without_db_the_database_is_in_the_users_data_directory(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chatcore_server", "--port", "0", "--password-cost", "low"),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")},
    )
    assert process.stdout is not None
    await process.stdout.readline()
    process.terminate()

    assert await process.wait() == 0
    assert (tmp_path / "data" / "chatcore" / "chat.db").is_file()
    assert (tmp_path / "data" / "chatcore").stat().st_mode & 0o077 == 0


async def test_the_json_log_is_json(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db", "--log-format", "json") as server:
        await server.terminate()

    assert all(line.startswith('{"time": ') for line in server.log.splitlines())
    assert '"message": "stopping' in server.log


# ---- the end -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_server_told_to_stop_ends_with_status_0(server: ServerProcess, number: signal.Signals) -> None:
    server.send(number)

    assert await server.wait() == 0


async def test_clients_are_told_with_1012_that_the_server_restarts(server: ServerProcess) -> None:
    async with connect(server.url) as client:
        stopping = asyncio.create_task(server.terminate())

        await client.wait_closed()

        assert client.close_code == 1012
        assert await stopping == 0


async def test_a_client_that_does_not_answer_keeps_the_server_from_stopping_for_less_than_10_seconds(
    server: ServerProcess,
) -> None:
    clock = SystemClock()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    _, half_open = await asyncio.open_connection("127.0.0.1", server.port)
    half_open.write(b"GET / HTTP/1.1\r\n")
    start = clock.monotonic()

    assert await server.terminate() == 0

    assert clock.monotonic() - start < 10
    writer.close()
    half_open.close()


async def test_what_was_acknowledged_is_there_after_a_kill_on_the_same_port(server: ServerProcess) -> None:
    async with chatcore.connect(server.url) as alice:
        await alice.register("alice", "correct horse battery")
        await alice.post(chatcore.GENERAL, "before")
        port = server.port

        await server.restart()
        await alice.post(chatcore.GENERAL, "after")

        assert [message.text for message in await alice.history(chatcore.GENERAL)] == ["before", "after"]
        assert server.port == port


# ---- refused with one line -----------------------------------------------------------------------------------------


async def test_a_second_server_on_the_same_file_is_refused(server: ServerProcess) -> None:
    ended = await run("--port", "0", "--db", str(server.db))

    assert ended == refused(f"the database {server.db} is in use by another server")


async def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ended = await run("--port", str(port), "--db", str(tmp_path / "chat.db"))

    assert ended == refused(f"cannot listen on 127.0.0.1:{port}: address already in use")


async def test_a_host_that_is_not_there_is_told(tmp_path: Path) -> None:
    ended = await run("--port", "1", "--host", "192.0.2.1", "--allow-plaintext", "--db", str(tmp_path / "chat.db"))

    assert ended == refused("cannot listen on 192.0.2.1:1: this machine does not have the address")


async def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    nowhere, rubbish = tmp_path / "none" / "chat.db", tmp_path / "rubbish.db"
    rubbish.write_bytes(b"rubbish" * 1000)

    ended = [await run("--port", "0", "--db", str(path)) for path in (nowhere, tmp_path, rubbish)]

    assert ended == [
        refused(f"cannot open the database {nowhere}: there is no directory {nowhere.parent}"),
        refused(f"cannot open the database {tmp_path}: it is not a file"),
        refused(f"cannot open the database {rubbish}: it is not a database"),
    ]


async def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    cert, key, none, rubbish = certificates.certificate, certificates.key, tmp_path / "none", tmp_path / "rubbish"
    rubbish.write_text("rubbish")

    ended = [
        await run("--port", "0", "--db", str(tmp_path / "chat.db"), "--tls-cert", str(one), "--tls-key", str(two))
        for one, two in ((none, key), (cert, rubbish))
    ]

    start = "cannot use the certificate"
    assert ended == [
        refused(f"{start} {none} with the key {key}: no such file or directory"),
        refused(
            f"{start} {cert} with the key {rubbish}: "
            "they are not a certificate and its key in PEM form, or the key has a password"
        ),
    ]


async def test_plaintext_beyond_this_machine_is_wrong_usage() -> None:
    ended = await run("--host", "0.0.0.0", CHATCORE_PORT="0")

    assert ended.status == 2
    assert ended.err.startswith("chatcore-server: other machines can reach 0.0.0.0: ")
    assert len(ended.err.splitlines()) == 1

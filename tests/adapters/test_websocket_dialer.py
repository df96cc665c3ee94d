"""The dialer opens links, and says in one sentence why it cannot."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from chatcore.adapters.websocket import WebSocketDialer, dialer
from chatcore.errors import Unreachable
from chatcore.ports.transport import OutFrame
from chatcore.wire.limits import MAX_SERVER_FRAME
from tests.certificates import make_certificates
from tests.websocket_door import Door


@asynccontextmanager
async def stub(answer: bytes | None) -> AsyncIterator[str]:
    """Something that listens and is no chat server: it answers with these bytes, or never. Gives HOST:PORT."""

    is_over, talks = asyncio.Event(), list[asyncio.Task[None]]()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.create_task(talk(reader, writer)))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.read(1000)
            if answer is None:
                await reader.read()
            else:
                writer.write(answer)
            writer.close()
            await writer.wait_closed()
        is_over.set()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await is_over.wait()
        await asyncio.gather(*talks)


async def sentence(url: str, how: WebSocketDialer | None = None) -> str:
    with pytest.raises(Unreachable) as caught:
        await (how or WebSocketDialer()).dial(url)
    return caught.value.message


@pytest.fixture
def free_port(unused_tcp_port_factory: Callable[[], int]) -> int:
    return unused_tcp_port_factory()


async def test_a_port_where_nothing_listens_refuses(free_port: int) -> None:
    assert await sentence(f"ws://127.0.0.1:{free_port}") == (f"cannot reach 127.0.0.1:{free_port}: connection refused")


async def test_a_name_with_several_addresses_that_all_refuse_is_told_in_one_sentence(
    free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = (socket.SOCK_STREAM, 6, "")
    both = [(socket.AF_INET, *kind, (address, free_port)) for address in ("127.0.0.1", "127.0.0.2")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)

    assert await sentence(f"ws://localhost:{free_port}") == f"cannot reach localhost:{free_port}: connection refused"


async def test_an_unknown_host_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert await sentence("ws://chat.localhost:8765") == ("cannot reach chat.localhost:8765: name or service not known")


async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialer, "_OPEN_TIMEOUT", 0.05)
    async with stub(None) as where:
        assert await sentence(f"ws://{where}") == f"cannot reach {where}: no answer within 0.05 s"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "it answers with HTTP status 404 and not as a chat server"),
        (b"HTTP/1.1 503 Busy\r\n\r\n", "it answers with HTTP status 503 and not as a chat server"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\n\r\n",
            "it answers with HTTP status 302 and not as a chat server",
        ),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "it does not answer as a chat server"),
        (b"220 mail.example ESMTP\r\n", "it does not answer as a chat server"),
        (b"", "it does not answer as a chat server"),
    ],
)
async def test_what_is_no_chat_server_is_told_by_its_answer(answer: bytes, cause: str) -> None:
    async with stub(answer) as where:
        assert await sentence(f"ws://{where}") == f"cannot reach {where}: {cause}"


@pytest.mark.parametrize(
    ("answer", "is_lasting"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", True),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", True),
        (b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\n\r\n", True),
        (b"HTTP/1.1 429 Too Many Requests\r\n\r\n", False),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", False),
        (b"HTTP/1.1 503 Busy\r\n\r\n", False),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>", True),
        (b"220 mail.example ESMTP\r\n", True),
        (b"", False),
    ],
)
async def test_what_another_try_would_not_change_is_marked_as_such(answer: bytes, is_lasting: bool) -> None:
    async with stub(answer) as where:
        with pytest.raises(Unreachable) as caught:
            await WebSocketDialer().dial(f"ws://{where}")

    assert caught.value.field == ("server" if is_lasting else None)


async def test_a_certificate_that_is_not_trusted_is_not_trusted_a_moment_later_either(tmp_path: Path) -> None:
    async with Door(tls=make_certificates(tmp_path).for_server()) as door:
        with pytest.raises(Unreachable) as caught:
            await WebSocketDialer().dial(door.url)

    assert caught.value.field == "server"


async def test_a_name_of_this_machine_that_leads_elsewhere_gets_no_plaintext(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 8765))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: elsewhere)

    assert "is not encrypted" in await sentence("ws://chat.localhost:8765")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "the proxy refuses with HTTP status 407"),
        (b"220 mail.example ESMTP\r\n", "the proxy does not answer as one"),
    ],
)
async def test_a_proxy_that_fails_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, cause: str
) -> None:
    async with stub(answer) as proxy:
        monkeypatch.setenv("wss_proxy", f"http://ann:s%40cret@{proxy}")

        told = await sentence("wss://chat.example")

    assert told == f"cannot reach chat.example:443 through the proxy {proxy}: {cause}"


async def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, free_port: int) -> None:
    monkeypatch.setenv("wss_proxy", f"http://127.0.0.1:{free_port}")

    told = await sentence("wss://chat.example")

    assert told == f"cannot reach chat.example:443 through the proxy 127.0.0.1:{free_port}: connection refused"


@pytest.mark.parametrize(
    "proxy", ["ftp://ann:secret@proxy.example", "http://ann:se/cret@proxy.example", "http://ann@p"]
)
async def test_what_is_no_proxy_is_told_without_repeating_it(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("wss_proxy", proxy)

    told = await sentence("wss://chat.example")

    assert told == "the proxy that the environment names (as https_proxy does) is not a proxy's address"


async def test_a_server_behind_a_proxy_is_reached_by_its_name_and_the_proxy_by_its_user_and_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[bytes] = []
    async with Door() as door:

        async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if not (asked := await reader.readline()):
                writer.close()
                return  # somebody who only looks whether it is there
            heard.append(asked + await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            inward, outward = await asyncio.open_connection("127.0.0.1", int(door.url.rpartition(":")[2]))
            outward.write(await reader.readuntil(b"\r\n\r\n"))
            writer.write(await inward.readuntil(b"\r\n\r\n"))
            with suppress(ConnectionError):
                await reader.read()
            outward.close()
            writer.close()

        def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tunnels.append(asyncio.create_task(tunnel(reader, writer)))

        tunnels: list[asyncio.Task[None]] = []
        async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            monkeypatch.setenv("ws_proxy", f"http://ann:s%40cret@127.0.0.1:{port}")

            client = await WebSocketDialer(allow_plaintext=True).dial("ws://chat.example:8765")

            client.abort()
            await asyncio.gather(*tunnels)

    assert heard[0].startswith(b"CONNECT chat.example:8765 HTTP/1.1\r\nHost: chat.example:8765\r\n")
    assert b"Basic YW5uOnNAY3JldA==" in heard[0]  # ann:s@cret


async def test_a_certificate_of_an_unknown_authority_is_not_trusted(tmp_path: Path) -> None:
    async with Door(tls=make_certificates(tmp_path).for_server()) as door:
        told = await sentence(door.url)

    where = door.url.removeprefix("wss://")
    assert told.startswith(f"cannot reach {where}: its certificate is not to be trusted (")


async def test_a_server_without_encryption_cannot_be_reached_with_it() -> None:
    async with Door() as door:
        told = await sentence(door.url.replace("ws://", "wss://"))

    assert (
        told
        == f"cannot reach {door.url.removeprefix('ws://')}: it ended the connection: perhaps its address begins with ws://"
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8765",
        "http://localhost:8765",
        "ws://",
        "ws://:8765",
        "ws://host:port",
        "ws://host:99999",
        "ws://[::1",
        "ws://localhost:8765/#part",
        "ws://localhost:0",
        "ws://localhost:8765/ x",
        "ws://local host",
        "ws://\0",
        "ws://localhost/\ud800",
        "wss://\ud800",
        "wss://" + "ä" * 80,
        "wss://" + "a" * 70 + ".example",
        "wss://chat..example",
    ],
)
async def test_what_is_no_address_is_shown_beside_what_one_looks_like(url: str) -> None:
    told = await sentence(url)

    assert told == f"{url!r} is not a server's address: it looks like ws://HOST:PORT or wss://HOST:PORT"


@pytest.mark.parametrize(
    "url",
    [
        "ws://alice:secret@localhost:1",
        "wss://alice:secret@chat.example",
        "ws://secret@h",
        "alice:secret@h:1",
        "ws://alice:secret@[::1",
        "ws://alice:secret@h:port",
        "wss://alice:secret@a..b",
    ],
)
async def test_credentials_in_an_address_are_refused_and_not_repeated(url: str) -> None:
    told = await sentence(url)

    assert told == "a server's address has no user name or password in it"


@pytest.mark.parametrize("host", ["192.0.2.1", "chat.example", "localhost.example", "[2001:db8::1]", "0.0.0.0"])
async def test_plaintext_beyond_this_machine_needs_to_be_allowed(host: str) -> None:
    told = await sentence(f"ws://{host}:8765")

    assert told == (
        f"ws:// to another machine ({host}:8765) is not encrypted: use wss://, or allow it with allow_plaintext=True"
    )


async def test_plaintext_beyond_this_machine_goes_through_when_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialer, "is_loopback", lambda _: False)
    for name in ("ws_proxy", "http_proxy", "https_proxy", "socks_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    async with Door() as door:
        assert "not encrypted" in await sentence(door.url)

        client = await WebSocketDialer(allow_plaintext=True).dial(door.url)

        (await door.next_link()).write([OutFrame(b"hello")])
        assert await client.receive() == b"hello"
        client.abort()


async def test_no_proxy_stands_between_a_program_and_its_own_machine(
    monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port}")
    monkeypatch.setenv("ws_proxy", f"http://127.0.0.1:{free_port}")
    async with Door() as door:
        client = await WebSocketDialer().dial(door.url)

        client.abort()


async def test_a_server_that_answers_encryption_with_something_else_is_told() -> None:
    async with stub(b"220 mail.example ESMTP\r\n") as where:
        told = await sentence(f"wss://{where}")

    assert told == f"cannot reach {where}: it answers without encryption: perhaps its address begins with ws://"


async def test_a_frame_of_1_mib_from_the_server_is_taken() -> None:
    async with Door() as door:
        client = await WebSocketDialer().dial(door.url)

        (await door.next_link()).write([OutFrame(b"x" * MAX_SERVER_FRAME)])

        assert len(await client.receive()) == 1024 * 1024
        client.abort()

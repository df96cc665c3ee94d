"""The settings of docs/howto/put-a-proxy-in-front.md, read by the real proxies, and clients that come through them."""

import asyncio
import os
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

import chatcore
from chatcore import GENERAL, Unreachable
from chatcore.testing.server_process import ServerProcess
from tests.certificates import make_certificates
from tests.server.network import diary_of
from tests.waiting import until

PAGE = Path(__file__).parent.parent / "docs" / "howto" / "put-a-proxy-in-front.md"

pytestmark = pytest.mark.checkout

Way = tuple[str, ssl.SSLContext | None]
"""Where clients connect, and whom they trust there."""


def block(title: str) -> str:
    """Return the block below a heading of the page."""
    found = re.search(
        rf"^## {title}$.*?^```\w+\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert found is not None, title
    return found[1]


def here(text: str, places: Mapping[str, str]) -> str:
    """Return an example with places of this machine in it, instead of those that have to stand there."""
    for written, place in places.items():
        assert written in text, written
        text = text.replace(written, place)
    return text


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def nginx(servers: Mapping[str, str], folder: Path) -> AsyncIterator[Way]:
    certificates, port = make_certificates(folder), free_port()
    ours = {
        "443 ssl": f"127.0.0.1:{port} ssl",
        "/etc/chatcore/chain.pem": str(certificates.certificate),
        "/etc/chatcore/key.pem": str(certificates.key),
    }
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    rooms = "".join(f"{kind}_temp_path {folder / kind}; " for kind in kinds)
    inner = here(block("nginx"), {**servers, **ours})
    file = folder / "nginx.conf"
    file.write_text(
        f"pid {folder / 'pid'}; daemon off; error_log stderr; events {{}}\nhttp {{ access_log off; {rooms}\n{inner}}}\n"
    )
    async with running("nginx", "-p", folder, "-e", "stderr", "-c", file, port=port, folder=folder):
        yield f"wss://127.0.0.1:{port}", certificates.for_client()


@asynccontextmanager
async def caddy(servers: Mapping[str, str], folder: Path) -> AsyncIterator[Way]:
    port = free_port()
    inner = here(block("Caddy"), {**servers, "chat.example.org": f"http://127.0.0.1:{port}"})
    file = folder / "Caddyfile"
    file.write_text("{\n    admin off\n}\n" + inner)  # its own port would be that of another test's
    async with running("caddy", "run", "--adapter", "caddyfile", "--config", file, port=port, folder=folder):
        yield f"ws://127.0.0.1:{port}", None


@asynccontextmanager
async def running(*command: str | Path, port: int, folder: Path) -> AsyncIterator[None]:
    """Run a proxy until the end of the block, once it listens."""
    log = folder / "proxy.log"
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(*map(str, command), stdout=out, stderr=out, env=environment)
    try:
        await until(lambda: process.returncode is not None or listens(port))
        assert process.returncode is None, log.read_text(encoding="utf-8")
        yield
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


PROXIES = [pytest.param(proxy, marks=pytest.mark.needs(proxy.__name__)) for proxy in (nginx, caddy)]
Proxy = Callable[[Mapping[str, str], Path], AbstractAsyncContextManager[Way]]


@pytest.mark.parametrize("proxy", PROXIES)
async def test_people_chat_through_a_proxy_of_whose_servers_one_is_down(proxy: Proxy, tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db", "--trusted-proxy", "127.0.0.1") as server:
        servers = {"127.0.0.1:8765": f"127.0.0.1:{free_port()}", "127.0.0.1:8766": f"127.0.0.1:{server.port}"}
        async with proxy(servers, tmp_path) as (url, tls), AsyncExitStack() as block:
            ann, bob = [await block.enter_async_context(chatcore.connect(url, tls=tls, proxy=None)) for _ in range(2)]
            await ann.register("ann", "correct horse")
            await bob.register("bob", "correct horse")
            heard = diary_of(bob)
            sent = await ann.post(GENERAL, "through the proxy")
            await until(lambda: heard.messages)

    assert heard.messages == [sent]


@pytest.mark.parametrize("proxy", PROXIES)
async def test_a_proxy_says_who_comes_whatever_they_say_themselves(proxy: Proxy, tmp_path: Path) -> None:
    heads: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        is_client = b"Upgrade" in head  # a proxy may ask first how the server is
        if is_client:
            heads.append(head)
        status = b"404 Not Found" if is_client else b"200 OK"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as listener:
        place = f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        servers = {"127.0.0.1:8765": place, "127.0.0.1:8766": place}
        async with proxy(servers, tmp_path) as (url, tls):
            forged = {"X-Forwarded-For": "203.0.113.9"}
            async with chatcore.connect(url, tls=tls, proxy=None, headers=forged) as client:
                with pytest.raises(Unreachable):
                    await client.log_in("ann", "correct horse")

    headers = dict(line.lower().split(b": ", 1) for line in heads[0].splitlines()[1:-1])
    assert headers[b"x-forwarded-for"].split(b", ")[-1] == b"127.0.0.1"
    assert headers[b"host"] == url.partition("//")[2].encode()
    assert (headers[b"upgrade"], headers[b"connection"].lower()) == (b"websocket", b"upgrade")

"""The listener opens the right doors, and answers plain requests beside them."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from ipaddress import ip_network
from urllib.parse import urlsplit

import pytest
from websockets import Origin
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from chatcore.adapters.websocket import WebSocketDialer, WebSocketListener
from chatcore.domain.addresses import Network
from chatcore.ports.transport import Link, OutFrame
from tests.websocket_door import Door


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with Door() as door:
        yield door


async def http(url: str, request: str) -> tuple[int, str, str]:
    """Send one plain request; give status, head and body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(f"{request} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1]), head, body


async def test_pages_are_answered_by_their_path_whatever_the_query() -> None:
    async def page() -> tuple[HTTPStatus, str]:
        return HTTPStatus.OK, "alive\n"

    async with Door(pages={"/healthz": page}) as door:
        status, head, body = await http(door.url, "GET /healthz?from=probe")

    assert (status, body) == (200, "alive\n")
    assert "websockets" not in head


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [("GET /nothing", 404), ("GET /", 426), ("POST /", 405), ("HEAD /healthz", 405), ("DELETE /healthz", 405)],
)
async def test_all_other_plain_requests_are_refused(door: Door, request_line: str, expected: int) -> None:
    status, head, _ = await http(door.url, request_line)

    assert status == expected
    assert ("Allow: GET" in head) == (expected == 405)


async def test_a_websocket_is_opened_on_no_path_but_the_root(door: Door) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(door.url + "/chat")

    assert refused.value.response.status_code == 404


async def test_a_browser_is_refused_unless_its_origin_is_listed() -> None:
    async with Door(origins=["https://chat.example"]) as door:
        async with connect(door.url, origin=Origin("https://chat.example")):
            await door.next_link()
        with pytest.raises(InvalidStatus) as refused:
            await connect(door.url, origin=Origin("https://evil.example"))

    assert refused.value.response.status_code == 403


async def test_all_browsers_are_refused_where_no_origin_is_listed(door: Door) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(door.url, origin=Origin("https://chat.example"))

    assert refused.value.response.status_code == 403


async def test_a_stopped_listener_accepts_nobody_and_keeps_those_who_are_there(door: Door) -> None:
    client = await WebSocketDialer().dial(door.url)
    server = await door.next_link()

    door.listener.stop()

    with pytest.raises((OSError, InvalidStatus)):
        await connect(door.url)
    server.write([OutFrame(b"still here")])
    assert await client.receive() == b"still here"
    client.abort()


async def nobody_comes(_: Link) -> None:
    raise AssertionError


async def test_a_port_in_use_is_an_os_error(door: Door) -> None:
    port = int(door.url.rpartition(":")[2])

    with pytest.raises(OSError, match="in use"):
        await WebSocketListener(nobody_comes, "127.0.0.1", port).__aenter__()


async def test_an_ipv6_address_stands_in_brackets_in_the_url() -> None:
    async with WebSocketListener(nobody_comes, "::1", 0) as listener:
        assert listener.url.startswith("ws://[::1]:")


def leading_to(*addresses: str) -> Callable[..., object]:
    """Return a look-up that finds these addresses for whatever name."""
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]


async def test_a_name_of_this_machine_is_listened_on_at_its_own_addresses_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", leading_to("192.0.2.1", "127.0.0.1"))

    async with WebSocketListener(nobody_comes, "chat.localhost", 0) as listener:
        assert urlsplit(listener.url).hostname == "chat.localhost"


async def test_a_name_of_this_machine_that_leads_elsewhere_is_not_listened_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", leading_to("0.0.0.0"))

    with pytest.raises(OSError, match=os.strerror(errno.EADDRNOTAVAIL)):
        async with WebSocketListener(nobody_comes, "chat.localhost", 0):
            pass


@pytest.mark.parametrize(("proxies", "address"), [((), "127.0.0.1"), ((ip_network("127.0.0.0/8"),), "198.51.100.9")])
async def test_a_trusted_proxy_and_no_other_says_where_its_clients_are(
    proxies: tuple[Network, ...], address: str
) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.1, 198.51.100.9"}
    async with Door(proxies=proxies) as door, connect(door.url, additional_headers=forwarded, proxy=None):
        link = await door.next_link()

    assert link.address == address


async def test_who_speaks_as_a_proxy_that_nobody_named_is_told_of_once_with_the_option_that_names_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.1"}
    async with Door() as door:
        for headers in ({}, forwarded, forwarded):
            async with connect(door.url, additional_headers=headers, proxy=None):
                await door.next_link()
    (told,) = [record.getMessage() for record in caplog.records if "X-Forwarded-For" in record.getMessage()]
    caplog.clear()
    async with (
        Door(proxies=(ip_network("127.0.0.0/8"),)) as door,
        connect(door.url, additional_headers=forwarded, proxy=None),
    ):
        await door.next_link()

    assert told.startswith("127.0.0.1 says for whom it connects")
    assert "--trusted-proxy" in told
    assert not [record for record in caplog.records if "X-Forwarded-For" in record.getMessage()]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/chat", 426),
        ("/chat/", 426),
        ("/", 426),
        ("/chat/healthz", 200),
        ("/chat/healthz?from=probe", 200),
        ("/healthz", 200),
        ("/chatter", 404),
        ("/chat/chat", 404),
        ("/other/healthz", 404),
    ],
)
async def test_paths_may_begin_with_the_prefix_of_a_proxy(path: str, expected: int) -> None:
    async def page() -> tuple[HTTPStatus, str]:
        return HTTPStatus.OK, "alive\n"

    async with WebSocketListener(_nobody, "127.0.0.1", 0, pages={"/healthz": page}, prefix="/chat") as listener:
        status, _, _ = await http(listener.url, f"GET {path}")
        if expected == 426:
            link = await WebSocketDialer().dial(f"{listener.url}{path}")
            link.abort()

    assert status == expected


async def _nobody(link: Link) -> None:
    pass

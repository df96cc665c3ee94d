"""Both ends of a WebSocket link over real loopback sockets, against each other and against the library's own ends."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from chatcore.adapters.system import SystemClock
from chatcore.adapters.websocket import ClientLink, ServerLink, WebSocketDialer, link, listener
from chatcore.adapters.websocket.sockets import address_of
from chatcore.ports.transport import Link, LinkDown, OutFrame
from chatcore.wire.limits import MAX_FRAME
from tests.certificates import make_certificates
from tests.turns import turns
from tests.waiting import until
from tests.websocket_door import Door, raw_peer

SIZES = [0, 1, 125, 126, 127, 65535, 65536]

Ends = tuple[ServerLink, ClientLink]


def frame(data: bytes | str) -> OutFrame:
    return OutFrame(data.encode() if isinstance(data, str) else data)


@pytest.fixture(params=["ws", "wss"])
async def ends(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ends]:
    certificates = make_certificates(tmp_path) if request.param == "wss" else None
    dialer = WebSocketDialer(tls=certificates.for_client() if certificates else None)
    async with Door(tls=certificates.for_server() if certificates else None) as door:
        client = await dialer.dial(door.url)
        yield await door.next_link(), client
        client.abort()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with Door() as door:
        yield door


async def send_all(peer: ClientConnection, texts: Iterable[str]) -> None:
    for text in texts:
        await peer.send(text)


async def fill(server: Link) -> int:
    """Write frames of 60,000 bytes until a megabyte waits for a peer that does not read; tell how many."""
    written = 0
    while server.backlog() < 1_000_000:
        server.write([frame(b"x" * 60_000)])
        written += 1
        await SystemClock().sleep(0)
    return written


async def down(ended: Link) -> LinkDown:
    """Read to the end of a link."""
    try:
        while True:
            await ended.receive()
    except LinkDown as end:
        return end


# ---- order and content ---------------------------------------------------------------------------------------------


async def test_frames_arrive_in_the_order_in_which_they_were_written_at_both_ends(
    ends: Ends,
) -> None:
    numbers = [str(number).encode() for number in range(600)]

    for writer, reader in (ends, ends[::-1]):
        for start in range(0, 600, 3):
            writer.write([frame(number) for number in numbers[start : start + 3]])

        assert [await reader.receive() for _ in numbers] == numbers


@pytest.mark.parametrize("size", SIZES)
async def test_a_frame_of_any_size_arrives_whole_at_both_ends(ends: Ends, size: int) -> None:
    data = b"x" * size

    for writer, reader in (ends, ends[::-1]):
        writer.write([frame(data), frame("the next")])

        assert [await reader.receive(), await reader.receive()] == [data, b"the next"]


@pytest.mark.parametrize("size", SIZES)
async def test_the_servers_frames_are_understood_by_the_librarys_client(door: Door, size: int) -> None:
    async with connect(door.url, compression=None) as peer:
        server = await door.next_link()

        server.write([frame("ś" * (size // 2)), frame("the next")])

        assert [await peer.recv(), await peer.recv()] == ["ś" * (size // 2), "the next"]


@pytest.mark.parametrize("size", SIZES)
async def test_the_clients_frames_are_understood_by_the_librarys_server(size: int) -> None:
    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            assert isinstance(message, str)
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0) as server:
        client = await WebSocketDialer().dial(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        client.write([frame("x" * size), frame("the next")])

        assert [await client.receive(), await client.receive()] == [b"x" * size, b"the next"]
        await client.close()


class Wire:
    """A transport that notes what is written to it."""

    def __init__(self, transport: asyncio.Transport, written: list[bytes]) -> None:
        self._transport, self._written = transport, written

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def write(self, data: bytes) -> None:
        self._written.append(data)
        self._transport.write(data)


async def test_the_frames_of_one_go_leave_in_one_write(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connect(door.url) as peer:
        server = await door.next_link()
        written: list[bytes] = []
        with monkeypatch.context() as patch:
            patch.setattr(server._connection, "transport", Wire(server._connection.transport, written))

            server.write([frame("a"), frame("b")])

        assert written == [b"\x81\x01a\x81\x01b"]
        assert [await peer.recv(), await peer.recv()] == ["a", "b"]


@pytest.mark.parametrize("size", SIZES)
async def test_frames_are_the_very_bytes_that_the_library_makes(door: Door, size: int) -> None:
    async with connect(door.url):
        made = frame(b"x" * size)

        (await door.next_link()).write([made])

        assert made.wired == Frame(Opcode.TEXT, made.data).serialize(mask=False)


async def test_a_frame_for_many_links_is_framed_once(door: Door) -> None:
    async with connect(door.url) as one, connect(door.url) as two:
        shared = frame("shared")

        (await door.next_link()).write([shared])
        made = shared.wired
        (await door.next_link()).write([shared])

        assert shared.wired is made
        assert [await one.recv(), await two.recv()] == ["shared", "shared"]


async def test_receiving_can_be_cancelled_without_loss(ends: Ends) -> None:
    for writer, reader in (ends, ends[::-1]):
        waiting = asyncio.create_task(reader.receive())
        await asyncio.wait([waiting], timeout=0)
        waiting.cancel()
        await asyncio.wait([waiting])

        writer.write([frame("first"), frame("second")])

        assert [await reader.receive(), await reader.receive()] == [b"first", b"second"]


# ---- how links end -------------------------------------------------------------------------------------------------


async def test_a_clean_close_is_told_with_its_reason_after_everything_that_was_written(
    ends: Ends,
) -> None:
    server, client = ends
    client.write([frame(str(number)) for number in range(100)])

    closing = asyncio.create_task(client.close("good night"))
    received = [await server.receive() for _ in range(100)]
    end = await down(server)
    await closing

    assert received[-1] == b"99"
    assert (end.clean, end.reason) == (True, "good night")


async def test_the_servers_close_comes_after_all_that_was_written_past_the_library(
    ends: Ends,
) -> None:
    server, client = ends
    server.write([frame("x" * 40_000) for _ in range(100)])

    closing = asyncio.create_task(server.close("restarting", restarting=True))
    received = [await client.receive() for _ in range(100)]
    end = await down(client)
    await closing

    assert {len(data) for data in received} == {40_000}
    assert (end.clean, end.reason) == (True, "restarting")


@pytest.mark.parametrize(("restarting", "code"), [(True, 1012), (False, 1000)])
async def test_a_restarting_server_closes_with_1012(door: Door, restarting: bool, code: int) -> None:
    async with connect(door.url) as peer:
        server = await door.next_link()

        closing = asyncio.create_task(server.close("x" * 1000, restarting=restarting))
        with pytest.raises(ConnectionClosed):
            await peer.recv()
        await closing

        assert peer.close_code == code
        assert peer.close_reason == "x" * 123


async def test_an_aborted_link_is_told_from_a_closed_one(ends: Ends) -> None:
    server, client = ends

    client.abort()

    assert not (await down(server)).clean
    assert not (await down(client)).clean


async def test_a_server_that_vanishes_is_told_from_one_that_closed(ends: Ends) -> None:
    server, client = ends

    server.abort()

    assert not (await down(client)).clean
    assert not (await down(server)).clean


async def test_of_a_frame_that_was_half_written_nothing_arrives(door: Door) -> None:
    async with raw_peer(door.url) as writer:
        server = await door.next_link()
        whole = b"\x81\x85\0\0\0\0whole"

        writer.write(whole + whole[:-1])
        await writer.drain()
        assert await server.receive() == b"whole"
        writer.transport.abort()

        assert not (await down(server)).clean


async def test_of_a_servers_half_written_frame_nothing_arrives(door: Door) -> None:
    client = await WebSocketDialer().dial(door.url)
    server = await door.next_link()

    server._connection.transport.write(b"\x81\x05whole\x81\x05half")
    assert await client.receive() == b"whole"
    server.abort()

    assert not (await down(client)).clean


async def test_a_client_whose_pings_were_not_answered_is_a_broken_link_though_it_says_so(door: Door) -> None:
    async with connect(door.url) as peer:
        server = await door.next_link()

        await peer.close(1011, "keepalive ping timeout")

        end = await down(server)
        assert (end.clean, end.reason) == (False, "keepalive ping timeout")


async def test_what_is_written_on_a_link_that_is_down_is_dropped(ends: Ends) -> None:
    server, client = ends
    client.abort()
    client.write([frame("never")] * 10)
    await down(server)

    server.write([frame("never")] * 10)
    server.abort()
    await server.close()

    assert not (await down(server)).clean


async def test_nothing_follows_a_close_frame(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connect(door.url):
        server = await door.next_link()
        closing = asyncio.create_task(server.close())
        await asyncio.wait([closing], timeout=0)
        written: list[bytes] = []
        with monkeypatch.context() as patch:
            patch.setattr(server._connection, "transport", Wire(server._connection.transport, written))

            server.write([frame("too late")])

        assert written == []
        await closing


# ---- bounds --------------------------------------------------------------------------------------------------------


async def test_the_backlog_tells_of_a_peer_that_does_not_read_and_goes_when_it_does(
    ends: Ends,
) -> None:
    server, client = ends
    assert server.backlog() == 0

    written = await fill(server)
    received = [await client.receive() for _ in range(written)]

    assert {len(data) for data in received} == {60_000}
    assert server.backlog() == 0


async def test_what_came_from_a_peer_that_did_not_read_is_received_when_it_has(ends: Ends) -> None:
    server, client = ends
    written = await fill(server)

    receiving = asyncio.create_task(server.receive())
    client.write([frame(b"hello")])
    await SystemClock().sleep(0.1)
    for _ in range(written):
        await client.receive()

    async with asyncio.timeout(5):
        assert await receiving == b"hello"


async def test_the_servers_socket_keeps_little_in_the_kernel(door: Door) -> None:
    async with connect(door.url):
        server = await door.next_link()

        raw = server._connection.transport.get_extra_info("socket")

        # Linux doubles what it is told.
        assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * 64 * 1024


async def test_a_frame_over_64_kib_ends_the_clients_link(door: Door) -> None:
    async with connect(door.url, compression=None) as peer:
        server = await door.next_link()

        await peer.send("x" * (MAX_FRAME + 1))

        assert not (await down(server)).clean
        await peer.wait_closed()
        assert peer.close_code == 1009


async def test_a_message_in_parts_arrives_whole_and_in_its_place(door: Door) -> None:
    async with connect(door.url) as peer:
        await peer.send("before")
        await peer.send(["in ", "", "three parts"])
        await peer.send("behind")
        server = await door.next_link()

        assert [await server.receive() for _ in range(3)] == [b"before", b"in three parts", b"behind"]


async def test_a_message_in_endless_empty_parts_ends_the_link_of_a_client_that_does_not_go(door: Door) -> None:
    async with raw_peer(door.url) as peer:
        server = await door.next_link()
        server._accepted.close_timeout = 0.05

        peer.write(b"\x01\x80\0\0\0\0" + b"\x00\x80\0\0\0\0" * 2_000)

        async with asyncio.timeout(5):
            assert not (await down(server)).clean
        assert not server._accepted._parts


async def test_what_nobody_has_asked_for_yet_waits_in_the_kernel_and_is_not_lost(door: Door) -> None:
    texts = [f"{number}".ljust(30_000, ".") for number in range(300)]
    async with connect(door.url, max_size=None) as peer:
        server = await door.next_link()
        sending = asyncio.create_task(send_all(peer, texts))
        await until(lambda: server._accepted._is_holding)
        await turns(1_000)

        assert len(server._accepted._waiting) < 100
        assert [await server.receive() for _ in texts] == [text.encode() for text in texts]
        await sending


async def test_a_binary_frame_ends_the_clients_link(door: Door) -> None:
    async with connect(door.url, compression=None) as peer:
        server = await door.next_link()

        await peer.send(b"{}")

        assert not (await down(server)).clean
        assert peer.close_code == 1003


async def test_closing_a_link_takes_no_longer_than_the_time_for_closing(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "CLOSE_TIMEOUT", 0.05)
    async with raw_peer(door.url):
        server = await door.next_link()
        server.write([frame(b"x" * 60_000)] * 50)

        async with asyncio.timeout(2):
            await server.close()

        assert not (await down(server)).clean


async def test_a_peer_that_is_dead_behind_a_full_buffer_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = {**link.BOTH_ENDS, "ping_interval": 0.05, "ping_timeout": 0.05, "close_timeout": 0.05}
    monkeypatch.setattr(listener, "BOTH_ENDS", quick)
    async with Door() as door, raw_peer(door.url):
        server = await door.next_link()
        server.write([frame(b"x" * 60_000)] * 50)

        async with asyncio.timeout(5):
            end = await down(server)

        assert not end.clean


def test_a_dead_peer_is_noticed_within_30_seconds() -> None:
    assert link.BOTH_ENDS["ping_interval"] + link.BOTH_ENDS["ping_timeout"] + link.BOTH_ENDS["close_timeout"] < 30


async def test_each_end_knows_the_address_of_the_other_without_its_port(ends: Ends) -> None:
    client, server = ends

    assert (client.address, server.address) == ("127.0.0.1", "127.0.0.1")


@pytest.mark.parametrize(
    ("peername", "address"),
    [
        (("203.0.113.5", 50_000), "203.0.113.5"),
        (("2001:DB8::0:1", 50_000, 0, 0), "2001:db8::1"),
        (("::ffff:203.0.113.5", 50_000, 0, 0), "203.0.113.5"),
        (("fe80::1%lo", 50_000, 0, 1), "fe80::1%lo"),
        ("/run/chat.sock", ""),
        (None, ""),
    ],
    ids=["IPv4", "IPv6", "IPv4 as IPv6", "of one network card", "a socket on disk", "gone already"],
)
def test_an_address_is_written_in_one_way(peername: object, address: str) -> None:
    assert address_of(peername) == address

"""Links over an ASGI server pass the contract of every transport; and what each server makes of theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from chatcore.adapters.asgi import AsgiLink, Receive, Send, address_of
from chatcore.adapters.websocket import WebSocketDialer
from chatcore.asgi import Scope
from chatcore.testing.contracts.transport import Ends, TransportContract, end_of, frames
from chatcore.wire.limits import MAX_FRAME
from tests.asgi_servers import SERVERS, UVICORNS, serving


class Door:
    """An application that hands out its links, and leaves each when it is broken or read to its end."""

    def __init__(self) -> None:
        self.links: asyncio.Queue[AsgiLink] = asyncio.Queue()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "websocket"
        await receive()
        await send({"type": "websocket.accept"})
        async with AsgiLink(address_of(scope["client"]), receive, send) as link:
            self.links.put_nowait(link)
            while link._down is None or link._arrived:
                await link._stir()


@asynccontextmanager
async def ends_at(server: str) -> AsyncIterator[Ends]:
    door = Door()
    async with serving(door, server) as url:
        client = await WebSocketDialer().dial(url)
        try:
            yield client, await door.links.get()
        finally:
            client.abort()


@pytest.mark.parametrize("server", UVICORNS)
class TestUvicorn(TransportContract):
    @pytest.fixture
    async def ends(self, server: str) -> AsyncIterator[Ends]:
        async with ends_at(server) as ends:
            yield ends


class TestHypercorn(TransportContract):
    @pytest.fixture
    async def ends(self) -> AsyncIterator[Ends]:
        async with ends_at("hypercorn") as ends:
            yield ends

    async def test_a_closed_link_ends_cleanly_after_all_that_was_written(self, way: Ends) -> None:
        """Hypercorn reports to an application every end as a broken connection."""
        writer, reader = way
        writer.write(frames("the last one"))
        await writer.close("good night")

        count, down = await end_of(reader)

        assert (count, down.clean) == (1, isinstance(writer, AsgiLink))


@pytest.mark.parametrize("data", ["x" * (MAX_FRAME + 1), b"bytes"], ids=["too big", "binary"])
@pytest.mark.parametrize("server", SERVERS)
async def test_what_is_no_frame_ends_the_link(server: str, data: str | bytes) -> None:
    door = Door()
    async with serving(door, server) as url, connect(url) as peer:
        link = await door.links.get()
        await peer.send(data)

        with pytest.raises(ConnectionClosed) as closed:
            await peer.recv()

    assert link._down is not None
    assert not link._down.clean
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == (1009 if isinstance(data, str) else 1003)

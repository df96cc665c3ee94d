"""Links to an application in the same process pass the contract of every transport."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chatcore.adapters.asgi_dialer import AsgiDialer
from chatcore.asgi import Scope
from chatcore.errors import Unreachable
from chatcore.testing.contracts.transport import Ends, TransportContract, frames, received
from chatcore.wire.limits import MAX_FRAME
from tests.adapters.test_asgi import Door
from tests.turns import turns


class TestWithinOneProcess(TransportContract):
    @pytest.fixture
    async def ends(self) -> AsyncIterator[Ends]:
        door = Door()
        client = await AsgiDialer(door).dial("ws://chat")
        yield client, await door.links.get()
        client.abort()


async def test_a_client_that_does_not_read_holds_the_application_up() -> None:
    door = Door()
    client = await AsgiDialer(door).dial("ws://chat")
    link = await door.links.get()

    link.write(frames(*["x" * MAX_FRAME] * 9))
    await turns(100)
    unread = link.backlog()
    await received(client, 9)
    client.abort()

    assert unread == 7 * MAX_FRAME


async def test_an_application_is_told_of_the_handshake_as_by_a_server() -> None:
    scopes: list[Scope] = []

    async def app(scope: Scope, _receive: object, _send: object) -> None:
        scopes.append(scope)

    with pytest.raises(Unreachable):
        await AsgiDialer(app, {"Cookie": "a=1"}).dial("wss://Chat.example:8443/a%20b/?x=1&y=%20")

    (scope,) = scopes
    assert {name: scope[name] for name in ("type", "scheme", "path", "raw_path", "query_string", "server")} == {
        "type": "websocket",
        "scheme": "wss",
        "path": "/a b/",
        "raw_path": b"/a%20b/",
        "query_string": b"x=1&y=%20",
        "server": ("chat.example", 8443),
    }
    assert scope["headers"] == [(b"host", b"Chat.example:8443"), (b"cookie", b"a=1")]


@pytest.mark.parametrize("url", ["http://chat", "chat", "ws://", "ws://[", "ws://chat:port"])
async def test_what_is_no_address_is_told(url: str) -> None:
    async def app(*_: object) -> None:
        raise AssertionError

    with pytest.raises(Unreachable, match="is not a server's address") as told:
        await AsgiDialer(app).dial(url)

    assert told.value.field == "url"

"""What `chatcore.connect` takes: tokens and headers that are asked for, certificates, proxies, an application."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

import chatcore
import chatcore_server
from chatcore import Chat, ConnectionPhase, LoggedOut, Unreachable, asgi, blocking
from chatcore.adapters.asgi import Receive, Send
from chatcore.asgi import Scope
from tests.certificates import make_certificates
from tests.turns import turns
from tests.waiting import until


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", password_cost="low") as chat:
        yield chat


class Heard:
    """An application that writes down the headers of each handshake, before the chat has them."""

    def __init__(self, chat: Chat) -> None:
        self.headers: list[dict[str, str]] = []
        self._app = asgi.app(chat)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
        await self._app(scope, receive, send)


@asynccontextmanager
async def noting(seen: list[str | None]) -> AsyncIterator[str]:
    """Write down the cookie of each handshake, and let nobody in."""

    async def refuse(connection: ServerConnection, request: object) -> object:
        seen.append(request.headers.get("Cookie"))  # type: ignore[attr-defined]
        return connection.respond(403, "")

    async def nobody(_: ServerConnection) -> None:
        raise AssertionError

    async with serve(nobody, "127.0.0.1", 0, process_request=refuse) as server:  # type: ignore[arg-type]
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


# ---- tokens


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_function_is_asked_for_the_token_at_each_dial(chat: Chat, *, is_async: bool) -> None:
    ann = await chat.users.create("ann")
    tokens = [await chat.sessions.begin(ann) for _ in range(2)]
    given: list[str] = []

    def give() -> str:
        given.append(tokens[len(given)])
        return given[-1]

    async def give_later() -> str:
        await turns(1)
        return give()

    async with chatcore.connect("ws://chat", app=asgi.app(chat), token=give_later if is_async else give) as client:
        first = client.token
        client._upkeep.connector.drop()
        await until(lambda: client.token == tokens[1])
        await until(lambda: client.connection.phase is ConnectionPhase.ONLINE)

    assert (first, given) == (tokens[0], tokens)


async def test_a_token_that_the_chat_does_not_know_ends_it_at_once(chat: Chat) -> None:
    with pytest.raises(LoggedOut):
        async with chatcore.connect("ws://chat", app=asgi.app(chat), token=lambda: "old"):
            pass


async def test_what_asks_for_the_token_may_fail_for_a_while_as_a_network_does(chat: Chat) -> None:
    token = await chat.sessions.begin(await chat.users.create("ann"))
    asked: list[int] = []

    def give() -> str:
        asked.append(1)
        if len(asked) < 2:
            raise ConnectionError("no route")
        return token

    async with chatcore.connect("ws://chat", app=asgi.app(chat), token=give) as client:
        assert client.me.name == "ann"


def _no_text() -> str:
    return 7  # type: ignore[return-value]


def _mistaken() -> str:
    raise KeyError("session")


@pytest.mark.parametrize(
    ("give", "cause"),
    [
        (_mistaken, "this program gives no token: KeyError: 'session'"),
        (_no_text, "this program gives no token: TypeError: token has to be a str, and int is none"),
    ],
)
async def test_a_function_that_is_wrong_is_told_at_once(chat: Chat, give: Callable[[], str], cause: str) -> None:
    with pytest.raises(Unreachable) as told:
        async with chatcore.connect("ws://chat", app=asgi.app(chat), token=give):
            pass

    assert (told.value.message, told.value.field, told.value.code) == (cause, "token", "unreachable")
    assert isinstance(told.value.__cause__, (KeyError, TypeError))


# ---- headers


async def test_headers_reach_the_server_asked_for_at_each_dial(chat: Chat) -> None:
    token = await chat.sessions.begin(await chat.users.create("ann"))
    app = Heard(chat)

    async def give() -> Mapping[str, str]:
        return {"Cookie": f"sid={len(app.headers)}"}

    async with chatcore.connect("ws://chat/", app=app, token=token, headers=give) as client:
        client._upkeep.connector.drop()
        await until(lambda: len(app.headers) == 2)
        await until(lambda: client.connection.phase is ConnectionPhase.ONLINE)

    assert [headers["cookie"] for headers in app.headers] == ["sid=0", "sid=1"]
    assert app.headers[0]["host"] == "chat"


async def test_headers_go_over_a_network_too() -> None:
    seen: list[str | None] = []
    async with noting(seen) as url:
        with pytest.raises(Unreachable, match="HTTP status 403") as told:
            async with chatcore.connect(url, token="t", headers={"Cookie": "sid=1"}):
                pass

    assert (seen, told.value.code, told.value.field) == (["sid=1"], "unreachable", "server")


@pytest.mark.parametrize(
    ("headers", "error", "sentence"),
    [
        ([("Cookie", "a")], TypeError, "headers has to be a mapping of str to str, and list is none"),
        ({"Cookie": 1}, TypeError, "headers has to be a mapping of str to str"),
        ({"Coo kie": "a"}, ValueError, "no header can have the name 'Coo kie'"),
        ({"Cookie": "a\r\nX-Admin: 1"}, ValueError, "the header Cookie has a character that is not printable ASCII"),
    ],
)
def test_what_no_header_can_be_is_refused_at_once(headers: object, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        chatcore.connect("ws://127.0.0.1:1", headers=headers)  # type: ignore[arg-type]


# ---- TLS and proxies


async def test_a_file_says_whose_certificates_are_trusted(chat: Chat, tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    authority = tmp_path / "authority.pem"
    certificates._authority.cert_pem.write_to_path(str(authority))
    token = await chat.sessions.begin(await chat.users.create("ann"))
    async with chatcore_server.serve(chat, port=0, tls=certificates.for_server()) as door:
        with pytest.raises(Unreachable, match="its certificate is not to be trusted") as told:
            async with chatcore.connect(door.url, token=token):
                pass
        for trusted in (authority, str(authority), certificates.for_client()):
            async with chatcore.connect(door.url, token=token, tls=trusted) as client:
                assert client.me.name == "ann"

    assert (told.value.code, told.value.field) == ("unreachable", "server")


def test_a_file_without_certificates_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("no certificate")
    with pytest.raises(ValueError, match="tls is a file with certificates in PEM, and"):
        chatcore.connect("wss://127.0.0.1:1", tls=tmp_path / "empty.pem")
    with pytest.raises(FileNotFoundError):
        chatcore.connect("wss://127.0.0.1:1", tls=tmp_path / "missing.pem")


async def test_a_proxy_is_asked_for_this_machine_too_where_a_program_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 407 Who are you?\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(tunnel, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(Unreachable, match="through the proxy"):
            async with chatcore.connect("ws://127.0.0.1:1", token="t", proxy=address):
                pass
        named = len(asked)
        monkeypatch.setenv("ws_proxy", address)
        with pytest.raises(Unreachable, match="ws:// to another machine"):
            async with chatcore.connect("ws://chat.example", token="t", proxy=None):
                pass

    assert b"CONNECT 127.0.0.1:1 HTTP/1.1\r\n" in asked
    assert len(asked) == named


@pytest.mark.parametrize(("proxy", "error"), [("no proxy", ValueError), (False, TypeError), (8080, TypeError)])
def test_what_is_no_proxy_is_told_at_once(proxy: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="proxy is the address of a proxy"):
        chatcore.connect("ws://127.0.0.1:1", proxy=proxy)  # type: ignore[arg-type]


# ---- an application in this process


App = Callable[[Scope, Receive, Send], Awaitable[None]]


async def _refuse(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1008})


async def _not_here(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b""})


async def _fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise KeyError("chat")


@pytest.mark.parametrize(
    ("app", "sentence"),
    [
        (_refuse, "it answers with HTTP status 403 and not as a chat server"),
        (_not_here, "it answers with HTTP status 404 and not as a chat server"),
        (_fail, "the application has failed: KeyError: 'chat'"),
    ],
)
async def test_an_application_that_lets_nobody_in_ends_it_at_once(app: App, sentence: str) -> None:
    with pytest.raises(Unreachable) as told:
        async with chatcore.connect("ws://chat", token="t", app=app):
            pass

    assert (told.value.message, told.value.code, told.value.field) == (sentence, "unreachable", "server")


async def test_a_client_within_an_application_says_goodbye_and_the_application_ends(chat: Chat) -> None:
    ended = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asgi.app(chat)(scope, receive, send)
        ended.set()

    ann = await chat.users.create("ann")
    token = await chat.sessions.begin(ann)
    async with chatcore.connect("ws://chat", token=token, app=app):
        were = chat.active()

    assert ended.is_set()
    assert (were, chat.active()) == (frozenset({ann.id}), frozenset())


def test_what_is_for_a_network_is_not_for_an_application(chat: Chat) -> None:
    for more in ({"tls": ssl.create_default_context()}, {"proxy": None}):
        with pytest.raises(TypeError, match="there is none between a client and an app"):
            chatcore.connect("ws://chat", app=asgi.app(chat), **more)


def test_an_application_is_not_run_in_the_thread_of_a_client_without_await() -> None:
    with pytest.raises(TypeError, match=r"use chatcore\.connect"):
        blocking.connect("ws://chat", app=_refuse)

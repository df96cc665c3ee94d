"""A chat as an ASGI application, behind real servers and within another application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

import chatcore
from chatcore import GENERAL, Chat, ConnectionPhase, LoggedOut, asgi
from chatcore.adapters.asgi import Message
from tests.asgi_pages import Watcher, come
from tests.asgi_servers import SERVERS, serving
from tests.waiting import until


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", password_cost="low") as chat:
        yield chat


@pytest.mark.parametrize("server", SERVERS)
async def test_clients_chat_through_a_web_server_and_are_logged_out_by_the_host(chat: Chat, server: str) -> None:
    ann, bob = await chat.users.create("ann"), await chat.users.create("bob")
    phone, browser = [await chat.sessions.begin(ann, label=label) for label in ("phone", "browser")]
    async with (
        serving(asgi.app(chat), server) as url,
        chatcore.connect(url, token=phone) as on_phone,
        chatcore.connect(f"{url}/anywhere/", token=browser) as in_browser,
        chat.client(bob) as from_within,
    ):
        posted = await on_phone.post(GENERAL, "Hello, żółw 🦆")
        await until(lambda: from_within.replica.rows[0].unread == 1)
        await from_within.mark_read(GENERAL, posted.seq)
        await until(lambda: in_browser.replica.rows[0].last is not None)

        (of_browser,) = [session for session in await chat.sessions.of(ann) if session.label == "browser"]
        await chat.sessions.end(of_browser)
        await until(lambda: in_browser.connection.phase is ConnectionPhase.LOGGED_OUT)

        assert on_phone.connection.phase is ConnectionPhase.ONLINE
        assert await is_refused(url, browser)
        assert (await from_within.history(GENERAL))[-1] == posted


async def is_refused(url: str, token: str) -> bool:
    try:
        async with chatcore.connect(url, token=token):
            return False
    except LoggedOut:
        return True


# ---- who may come


@pytest.mark.parametrize(
    ("origin", "origins", "may_come"),
    [
        (None, "same", True),
        ("http://127.0.0.1:{port}", "same", True),
        ("https://127.0.0.1:{port}", "same", True),  # a proxy may have ended TLS
        ("http://localhost:{port}", "same", False),
        ("http://127.0.0.1", "same", False),
        ("http://evil.example", "same", False),
        ("null", "same", False),
        ("", "same", False),
        ("http://[", "same", False),
        ("http://127.0.0.1:{port}, http://evil.example", "same", False),
        ("https://chat.example", ["https://chat.example"], True),
        ("https://CHAT.example:443", ["https://chat.example"], True),
        ("http://chat.example", ["https://chat.example"], False),
        ("http://127.0.0.1:{port}", ["https://chat.example"], False),
        (None, ["https://chat.example"], True),
    ],
)
async def test_browsers_come_from_pages_that_may(
    chat: Chat, origin: str | None, origins: list[str], *, may_come: bool
) -> None:
    async with serving(asgi.app(chat, origins=origins), SERVERS[0]) as url:
        port = url.rpartition(":")[2]
        headers = {} if origin is None else {"Origin": origin.format(port=port)}
        try:
            async with connect(url, additional_headers=headers):
                came = True
        except InvalidStatus as refused:
            came = refused.response.status_code != HTTPStatus.FORBIDDEN

    assert came == may_come


def test_origins_are_a_list_or_the_same(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match='origins is "same" or a list of origins'):
        asgi.app(Chat(tmp_path / "chat.db"), origins="https://chat.example")


async def test_who_asks_without_a_websocket_is_told_what_is_expected(chat: Chat) -> None:
    def ask(url: str) -> tuple[int, str]:
        try:
            with urlopen(url) as answer:  # noqa: S310 - our own
                return answer.status, ""
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    async with serving(asgi.app(chat), SERVERS[0]) as url:
        answer = await asyncio.to_thread(ask, url.replace("ws://", "http://"))

    assert answer == (426, "this is a chat: a WebSocket is expected here\n")


async def test_a_chat_that_nobody_has_opened_lets_nobody_in_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(asgi.app(Chat(":memory:")), SERVERS[0]) as url:
        with pytest.raises(InvalidStatus, match="403"):
            await connect(url)

    assert "the chat is not open" in caplog.text
    assert "Traceback" not in caplog.text


# ---- beside an application that cannot mount


@pytest.mark.parametrize("root", ["", "/api"])
@pytest.mark.parametrize("path", ["/chat", "/chat/", "/chat/below", "/", "/chats"])
async def test_a_path_leads_to_the_chat_with_a_slash_and_without_and_others_to_the_others(path: str, root: str) -> None:
    asked: list[tuple[str, str, str]] = []

    def noting(name: str) -> asgi.App:
        async def application(scope: asgi.Scope, _receive: object, _send: object) -> None:
            asked.append((name, scope["path"], scope.get("root_path", "")))

        return application

    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None:
        pass

    both = asgi.beside(noting("others"), {"/chat": noting("chat")})
    await both({"type": "websocket", "path": root + path, "root_path": root}, receive, send)

    is_below = path not in {"/", "/chats"}
    assert asked == [("chat", root + path, f"{root}/chat") if is_below else ("others", root + path, root)]


@pytest.mark.parametrize("path", ["chat", "/chat/", "/", ""])
def test_a_path_that_nothing_can_be_mounted_at_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="a path begins with"):
        asgi.beside(asgi.app(Chat(":memory:")), {path: asgi.app(Chat(":memory:"))})


# ---- its life


async def test_served_by_itself_the_server_opens_and_closes_the_chat(tmp_path: Path) -> None:
    chat = Chat(tmp_path / "chat.db", password_cost="low")

    async with serving(asgi.app(chat), SERVERS[0], lifespan=True) as url, chatcore.connect(url) as client:
        await client.register("ann", "correct horse battery")
        await client.post(GENERAL, "hello")

    async with chat:
        assert [user.name async for user in chat.users] == ["ann"]


async def test_a_chat_that_is_open_already_is_left_so_by_a_server_that_starts_and_ends(chat: Chat) -> None:
    async with serving(asgi.app(chat), SERVERS[0], lifespan=True):
        pass

    assert chat.active() == frozenset()


async def test_a_chat_that_cannot_be_opened_stops_the_server_s_start(tmp_path: Path) -> None:
    said: list[Message] = []
    app = asgi.app(Chat(tmp_path / "nowhere" / "chat.db"))

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        said.append(message)

    await app({"type": "lifespan"}, receive, send)

    assert [message["type"] for message in said] == ["lifespan.startup.failed"]
    assert "there is no directory" in said[0]["message"]


async def test_a_page_that_is_loaded_anew_flickers_for_nobody(chat: Chat) -> None:
    ann, bob = await chat.users.create("ann"), await chat.users.create("bob")
    token = await chat.sessions.begin(ann)
    watcher = Watcher()
    async with serving(asgi.app(chat), SERVERS[0]) as url, chat.client(bob) as watching:
        watching.subscribe(watcher)
        page = await connect(url)
        await come(page, token, "first")
        await page.close(1001)
        async with connect(url) as again:
            await come(again, token, "second")
            await until(lambda: ("ann", True) in watcher.seen)
        await until(lambda: ("ann", False) in watcher.seen)  # closed with 1000: gone at once

    assert watcher.seen == [("ann", True), ("ann", False)]

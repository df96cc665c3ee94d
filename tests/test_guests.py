"""Users of an application's own come to the chat in it by the cookie that they have already."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

import chatcore
from chatcore import (
    GENERAL,
    Chat,
    ChatClient,
    ConnectionPhase,
    ConnectionState,
    LoggedOut,
    NotAllowed,
    Unreachable,
    asgi,
    errors,
)
from chatcore.adapters.asgi_dialer import AsgiClientLink, AsgiDialer
from chatcore.asgi import App, Handshake, Identity
from chatcore.domain.sessions import Ages
from chatcore.ports.transport import OutFrame
from tests.asgi_servers import SERVERS, serving
from tests.waiting import until

URL = "ws://site/chat/"


class Phases(chatcore.Observer):
    """What a connection went through: one that is back at once is offline for too short a time to be met."""

    def __init__(self) -> None:
        self.came: list[ConnectionPhase] = []

    def connection_changed(self, state: ConnectionState) -> None:
        self.came.append(state.phase)


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", passwords=False) as chat:
        yield chat


async def who(handshake: Handshake) -> Identity | None:
    """Say who comes as an application does: by a cookie such as ann.laptop, a user's key and a session's id."""
    key, _, session = handshake.cookies.get("sid", "").partition(".")
    match key:
        case "":
            return None
        case "mistake":
            raise KeyError(session)
        case "away":
            raise errors.Busy
        case _:
            return Identity(key, key.capitalize(), handshake.cookies["sid"] if session else None)


def browser(app: App, cookie: str) -> ChatClient:
    """Make the client of a browser that has a cookie."""
    return chatcore.connect(URL, app=app, headers={"Cookie": f"theme=dark; sid={cookie}"})


async def test_who_is_logged_in_to_the_application_enters_as_the_user_whom_it_knows(chat: Chat) -> None:
    app = asgi.app(chat, user=who)
    async with browser(app, "ann.laptop") as client:
        me = await client.enter()
        await client.post(GENERAL, "Hello")

        assert (me.name, me.display_name, client.token) == ("ann", "Ann", None)
        assert chat.active() == {me.id}
        assert await chat.users.key_of(me) == "ann"
    async with browser(app, "ann.laptop") as again:
        assert await again.enter() == me


@pytest.mark.parametrize(
    ("cookie", "status", "logged"),
    [
        ("", 403, []),
        ("mistake", 500, ["it is not known who comes: the application's function has failed"]),
        ("away", 503, ["nobody can be let in at the moment: The server has too much to do at the moment"]),
    ],
)
@pytest.mark.parametrize("server", SERVERS)
async def test_who_may_not_come_and_what_fails_is_told_by_a_status_and_at_most_one_line_of_the_log(
    chat: Chat, caplog: pytest.LogCaptureFixture, server: str, cookie: str, status: int, logged: list[str]
) -> None:
    async with serving(asgi.app(chat, user=who), server) as url:
        with caplog.at_level(logging.INFO, "chatcore"), pytest.raises(InvalidStatus) as refused:
            await connect(url, additional_headers={"Cookie": f"sid={cookie}"})

    assert refused.value.response.status_code == status
    assert [record.getMessage() for record in caplog.records if record.name.startswith("chatcore")] == logged


async def test_a_disabled_user_is_not_let_in_and_why_stands_in_the_log_only(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    app = asgi.app(chat, user=who)
    await chat.users.disable(await chat.users.ensure("ann", display_name="Ann"), "sold watches")

    with caplog.at_level(logging.INFO), pytest.raises(Unreachable, match="HTTP status 403") as refused:
        async with browser(app, "ann.laptop") as client:
            await client.enter()

    assert "ann is disabled and was not let in: sold watches" in caplog.text
    assert "watches" not in refused.value.message


async def test_what_returns_something_else_is_a_mistake_that_the_log_names(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    async def name(_: Handshake) -> Identity | None:
        return "ann"  # type: ignore[return-value]

    with pytest.raises(Unreachable, match="HTTP status 500"):
        async with browser(asgi.app(chat, user=name), "ann") as client:
            await client.enter()

    assert "what says who comes is an Identity or None, not 'ann'" in caplog.text
    with pytest.raises(TypeError, match="user is an `async def` with a handshake"):
        asgi.app(chat, user=lambda _: None)  # type: ignore[arg-type,return-value]


async def test_nobody_enters_whom_no_application_knows_and_nobody_logs_in_whom_one_does(chat: Chat) -> None:
    async with chatcore.connect(URL, app=asgi.app(chat)) as client:
        with pytest.raises(NotAllowed, match="no application says who comes here"):
            await client.enter()
    ann = await chat.users.create("ann")
    token = await chat.sessions.begin(ann)
    with pytest.raises(NotAllowed, match="the application says who comes here"):
        async with chatcore.connect(URL, app=asgi.app(chat, user=who), headers={"Cookie": "sid=bob"}, token=token):
            pass


# ---- sessions


async def test_one_browser_is_one_session_however_often_it_connects_and_another_one_another(chat: Chat) -> None:
    app = asgi.app(chat, user=who)
    for cookie in ("ann.laptop", "ann.laptop", "ann.tablet", "bob.laptop"):
        async with browser(app, cookie) as client:
            await client.enter()

    async with browser(app, "ann.laptop") as client:
        ann = await client.enter()
        listed = await client.sessions()

    assert [session.is_own for session in listed] == [True, False]
    assert list(await chat.sessions.of(ann)) == [chatcore_session(session) for session in listed]


def chatcore_session(session: chatcore.Session) -> chatcore.Session:
    """Return a session as the program is told of it, which is no client."""
    return chatcore.Session(session.id, session.label, session.begun, session.last_used, session.address)


async def test_the_application_s_log_out_ends_this_browser_and_no_other_device(chat: Chat) -> None:
    app = asgi.app(chat, user=who)
    phone = await chat.sessions.begin(await chat.users.ensure("ann", display_name="Ann"))
    async with (
        browser(app, "ann.laptop") as laptop,
        browser(app, "ann.laptop") as second_tab,
        browser(app, "ann.tablet") as tablet,
        chatcore.connect(URL, app=asgi.app(chat), token=phone) as on_phone,
    ):
        for client in (laptop, second_tab, tablet):
            await client.enter()

        await chat.sessions.end_host("ann.laptop")
        await until(lambda: {laptop.connection.phase, second_tab.connection.phase} == {ConnectionPhase.LOGGED_OUT})
        await tablet.post(GENERAL, "still here")
        await on_phone.post(GENERAL, "and here")
        await chat.sessions.end_host("nobody's")


def say(link: AsgiClientLink, **frame: object) -> None:
    """Send a frame."""
    link.write([OutFrame(json.dumps(frame).encode())])


async def test_who_was_let_in_before_the_log_out_and_enters_after_it_is_refused(chat: Chat) -> None:
    app = asgi.app(chat, user=who)
    link = await AsgiDialer(app, {"Cookie": "sid=ann.laptop"}).dial(URL)

    await chat.sessions.end_host("ann.laptop")
    say(link, type="hello", versions=[2], instance="a page")
    say(link, type="enter", id=1, told=None)
    answers = [json.loads(await link.receive()) for _ in range(2)]
    link.abort()

    assert [(answer["type"], answer.get("code")) for answer in answers] == [("welcome", None), ("error", "logged_out")]
    ann = await chat.users.get("ann")
    assert ann is not None
    assert list(await chat.sessions.of(ann)) == []
    async with browser(app, "ann.laptop") as client:  # who logs in anew may come
        await client.enter()


async def test_a_log_out_while_the_application_still_thinks_who_comes_is_not_missed(chat: Chat) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(_: Handshake) -> Identity | None:
        asked.set()
        await answer.wait()
        return Identity("ann", "Ann", session="ann.laptop")

    async with browser(asgi.app(chat, user=slow), "ann.laptop") as client:
        entering = asyncio.create_task(client.enter())
        await asked.wait()
        await chat.sessions.end_host("ann.laptop")
        answer.set()
        with pytest.raises(LoggedOut):
            await entering


async def test_without_a_session_of_the_application_each_client_has_one_for_an_hour(chat: Chat) -> None:
    app = asgi.app(chat, user=who)
    async with browser(app, "ann") as one, browser(app, "ann") as other:
        ann = await one.enter()
        await other.enter()
        phases = Phases()
        one.subscribe(phases)
        one._upkeep.connector.drop()
        await until(lambda: phases.came[-2:] == [ConnectionPhase.CONNECTING, ConnectionPhase.ONLINE])
        count = len(await chat.sessions.of(ann))

    storage = chat._context().storage
    now = chat._clock.now_ms()
    assert count == 2
    assert len(await storage.sessions_of(ann.id, Ages(now + 3_500_000, 0, 0))) == 2
    assert len(await storage.sessions_of(ann.id, Ages(now + 3_700_000, 0, 0))) == 0


async def test_nobody_gets_into_a_guest_s_session_by_a_token(chat: Chat) -> None:
    async with browser(asgi.app(chat, user=who), "ann.laptop") as client:
        await client.enter()
        (session,) = await client.sessions()
        for token in (session.id, "ann.laptop", f"{client.me.id} ann.laptop"):
            with pytest.raises(LoggedOut):
                async with chatcore.connect(URL, app=asgi.app(chat), token=token):
                    pass


# ---- behind proxies


async def test_where_who_comes_is_told_by_the_proxies_that_are_trusted(chat: Chat) -> None:
    headers = {"Cookie": "sid=ann.laptop", "X-Forwarded-For": "203.0.113.9, 198.51.100.7, 10.0.0.2"}
    seen: list[str] = []
    for proxies in ((), ("127.0.0.1", "10.0.0.0/8")):
        app = asgi.app(chat, user=who, proxies=proxies)
        async with chatcore.connect(URL, app=app, headers=headers) as client:
            await client.enter()
            seen += [session.address for session in await client.sessions()]

    assert seen == ["127.0.0.1", "198.51.100.7"]

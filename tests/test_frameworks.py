"""A chat mounted in the applications of four frameworks, which have users and cookies of their own."""

from __future__ import annotations

import asyncio
import json
import runpy
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Annotated, Any, cast
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, build_opener, urlopen
from urllib.request import Request as Call

import attrs
import django
import litestar
import pytest
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from fastapi import Cookie, FastAPI, HTTPException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

import chatcore
from chatcore import GENERAL, Chat, ChatClient, ConnectionPhase, Message, asgi
from chatcore.asgi import App, Handshake, Identity
from tests.asgi_pages import Watcher, enter
from tests.asgi_servers import serving
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("logs_as_before")


@attrs.define
class Site:
    """What the application does with its users: the same in every framework."""

    chat: Chat
    names: dict[str, str] = attrs.Factory(lambda: {"cookie-of-ann": "ann", "cookie-of-bob": "bob"})
    "Who is logged in to the application, by the cookie."

    async def who(self, handshake: Handshake) -> Identity | None:
        """Say who comes to the chat, by the cookie that the application has set."""
        cookie = handshake.cookies.get("sid", "")
        name = self.names.get(cookie)
        return Identity(name, display_name=name, session=cookie) if name else None

    async def token(self, cookie: str | None, label: str) -> str | None:
        """Begin a session of the chat for another device of who is logged in; None where nobody is."""
        name = self.names.get(cookie or "")
        if name is None:
            return None
        return await self.chat.sessions.begin(await self.chat.users.ensure(name, display_name=name), label=label)

    async def log_out(self, cookie: str | None) -> None:
        """End what the browser is logged in to: the application, and its session of the chat, not the phone's."""
        self.names.pop(cookie or "", "")
        await self.chat.sessions.end_host(cookie or "")

    @property
    def by_cookie(self) -> Any:  # noqa: ANN401 - each framework has its own type of an ASGI application
        """The chat for browsers."""
        return asgi.app(self.chat, user=self.who)

    @property
    def by_token(self) -> Any:  # noqa: ANN401
        """The chat for other devices."""
        return asgi.app(self.chat)


def fastapi_app(site: Site) -> App:
    application = FastAPI()

    @application.post("/token/{label}")
    async def token(label: str, sid: Annotated[str | None, Cookie()] = None) -> dict[str, str]:
        begun = await site.token(sid, label)
        if begun is None:
            raise HTTPException(401)
        return {"token": begun}

    @application.post("/logout")
    async def log_out(sid: Annotated[str | None, Cookie()] = None) -> None:
        await site.log_out(sid)

    application.mount("/chat", site.by_cookie)
    application.mount("/devices", site.by_token)
    return cast("App", application)


def starlette_app(site: Site) -> App:
    async def token(request: Request) -> Response:
        begun = await site.token(request.cookies.get("sid"), request.path_params["label"])
        return Response(json.dumps({"token": begun})) if begun else Response(status_code=401)

    async def log_out(request: Request) -> Response:
        await site.log_out(request.cookies.get("sid"))
        return Response()

    routes = [
        Route("/token/{label}", token, methods=["POST"]),
        Route("/logout", log_out, methods=["POST"]),
        Mount("/chat", site.by_cookie),
        Mount("/devices", site.by_token),
    ]
    return cast("App", Starlette(routes=routes))


def litestar_app(site: Site) -> App:
    @litestar.post("/token/{label:str}")
    async def token(request: litestar.Request[Any, Any, Any]) -> litestar.Response[dict[str, str]]:
        begun = await site.token(request.cookies.get("sid"), request.path_params["label"])
        return litestar.Response({"token": begun or ""}, status_code=200 if begun else 401)

    @litestar.post("/logout")
    async def log_out(request: litestar.Request[Any, Any, Any]) -> None:
        await site.log_out(request.cookies.get("sid"))

    chat = litestar.asgi("/chat", is_mount=True, copy_scope=True)(site.by_cookie)
    devices = litestar.asgi("/devices", is_mount=True, copy_scope=True)(site.by_token)
    return cast("App", litestar.Litestar([token, log_out, chat, devices]))


def django_app(site: Site) -> App:
    async def token(request: HttpRequest, label: str) -> HttpResponse:
        begun = await site.token(request.COOKIES.get("sid"), label)
        return JsonResponse({"token": begun}) if begun else HttpResponse(status=401)

    async def log_out(request: HttpRequest) -> HttpResponse:
        await site.log_out(request.COOKIES.get("sid"))
        return HttpResponse()

    class Routes:
        urlpatterns = (path("token/<str:label>", token), path("logout", log_out))

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="not secret", USE_TZ=True)
        django.setup()
    settings.ROOT_URLCONF = Routes
    return asgi.beside(cast("App", get_asgi_application()), {"/chat": site.by_cookie, "/devices": site.by_token})


def has_come(client: ChatClient, message: Message) -> bool:
    return any(row.conversation == message.conversation and row.unread == 1 for row in client.replica.rows)


FRAMEWORKS: dict[str, tuple[Callable[[Site], App], str]] = {
    "FastAPI": (fastapi_app, "uvicorn websockets-sansio"),
    "Starlette": (starlette_app, "hypercorn"),
    "Litestar": (litestar_app, "uvicorn websockets-sansio"),
    "Django": (django_app, "uvicorn wsproto"),
}


async def post(url: str, path: str, cookie: str) -> Any:  # noqa: ANN401 - JSON
    """Ask the application as a browser with a cookie does."""

    def ask() -> Any:  # noqa: ANN401
        where = url.replace("ws://", "http://") + path
        call = Call(where, method="POST", headers={"Cookie": f"sid={cookie}"})  # noqa: S310 - our own
        with urlopen(call) as answer:  # noqa: S310 - the same
            body = answer.read()
            return json.loads(body) if body else None

    return await asyncio.to_thread(ask)


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_who_is_logged_in_to_the_application_chats_until_it_logs_them_out(framework: str) -> None:
    make, server = FRAMEWORKS[framework]
    async with Chat(":memory:", passwords=False) as chat, serving(make(Site(chat)), server) as url:
        token = (await post(url, "/token/phone", "cookie-of-ann"))["token"]
        async with (
            chatcore.connect(f"{url}/chat/", headers={"Cookie": "sid=cookie-of-ann"}) as browser,
            chatcore.connect(f"{url}/devices/", token=token) as phone,
            chatcore.connect(f"{url}/chat/", headers={"Cookie": "sid=cookie-of-bob"}) as bob,
        ):
            await browser.enter()
            await bob.enter()
            with_ann = await bob.conversation_with("ann")
            posted = await bob.post(with_ann, "Hello, Ann")
            for client in (browser, phone):
                await until(lambda client=client: has_come(client, posted))  # type: ignore[misc]

            for strange in ({"Origin": "https://evil.example", "Cookie": "sid=cookie-of-ann"}, {"Cookie": "sid=x"}):
                with pytest.raises(InvalidStatus, match="403"):
                    await connect(f"{url}/chat/", additional_headers=strange)

            await post(url, "/logout", "cookie-of-ann")
            await until(lambda: browser.connection.phase is ConnectionPhase.LOGGED_OUT)
            await phone.post(GENERAL, "Still on the phone")

        assert phone.connection.phase is not ConnectionPhase.LOGGED_OUT


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_a_page_that_is_loaded_anew_flickers_for_nobody(framework: str) -> None:
    make, server = FRAMEWORKS[framework]
    async with Chat(":memory:", passwords=False) as chat, serving(make(Site(chat)), server) as url:
        cookie = {"Cookie": "sid=cookie-of-ann"}
        watcher = Watcher()
        async with chat.client(await chat.users.create("carol")) as carol:
            carol.subscribe(watcher)
            page = await connect(f"{url}/chat/", additional_headers=cookie)
            await enter(page, "first")
            await until(lambda: ("ann", True) in watcher.seen)
            await page.close(1001)  # what a browser says when a page is left or loaded anew
            async with connect(f"{url}/chat/", additional_headers=cookie) as again:
                await enter(again, "second")
                ann = await chat.users.get("ann")
                assert ann is not None
                assert len(await chat.sessions.of(ann)) == 1
                await chat.sessions.end_all(ann)
            await until(lambda: ("ann", False) in watcher.seen)

        assert watcher.seen == [("ann", True), ("ann", False)]


# ---- the example


@pytest.mark.checkout
async def test_the_example_lets_in_who_is_logged_in_to_it_and_ends_their_chat_with_their_log_out() -> None:
    site = runpy.run_path(str(Path(__file__).parent.parent / "examples" / "community.py"))
    async with serving(site["application"], "uvicorn websockets-sansio", lifespan=True) as url:
        jar = CookieJar()
        browser = build_opener(HTTPCookieProcessor(jar))

        async def ask(path: str) -> bytes:
            call = Call(url.replace("ws://", "http://") + path, method="POST")  # noqa: S310 - our own
            return await asyncio.to_thread(lambda: browser.open(call).read())

        with pytest.raises(HTTPError, match="401") as refused:
            await ask("/login?name=ann&password=blue")
        refused.value.close()
        await ask("/login?name=ann&password=red")
        for cookie in jar:
            cookie.secure = False
        (cookie,) = jar
        phone = json.loads(await ask("/device?label=phone"))
        headers = {"Cookie": f"{cookie.name}={cookie.value}"}
        async with (
            chatcore.connect(f"{url}/chat/", headers=headers) as ann,
            chatcore.connect(f"{url}/devices/", token=phone) as on_phone,
        ):
            assert (await ann.enter()).display_name == "Ann"
            await ann.post(GENERAL, "Hello")
            await ask("/logout")
            await until(lambda: ann.connection.phase is ConnectionPhase.LOGGED_OUT)
            await on_phone.post(GENERAL, "Still here")
        with pytest.raises(chatcore.Unreachable, match="403"):
            async with chatcore.connect(f"{url}/chat/", headers=headers) as ann:
                await ann.enter()

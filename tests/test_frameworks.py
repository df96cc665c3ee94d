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
from chatcore.asgi import App
from tests.asgi_pages import Watcher, come
from tests.asgi_servers import serving
from tests.waiting import until


@attrs.define
class Site:
    """What the application does with its users: the same in every framework."""

    chat: Chat
    names: dict[str, str] = attrs.Factory(lambda: {"cookie-of-ann": "ann", "cookie-of-bob": "bob"})
    "Who is logged in to the application, by the cookie."

    async def token(self, cookie: str | None, label: str) -> str | None:
        """Begin a session of the chat for who is logged in; None where nobody is."""
        name = self.names.get(cookie or "")
        if name is None:
            return None
        user = await self.chat.users.get(name) or await self.chat.users.create(name)
        return await self.chat.sessions.begin(user, label=label)

    async def log_out(self, cookie: str | None) -> None:
        """End what the browser is logged in to: the application, and its session of the chat, not the phone's."""
        name = self.names.pop(cookie or "", "")
        user = await self.chat.users.get(name)
        for session in await self.chat.sessions.of(user) if user else ():
            if session.label == "browser":
                await self.chat.sessions.end(session)


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

    application.mount("/chat", cast("Any", asgi.app(site.chat)))
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
        Mount("/chat", cast("Any", asgi.app(site.chat))),
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

    chat = litestar.asgi("/chat", is_mount=True, copy_scope=True)(cast("Any", asgi.app(site.chat)))
    return cast("App", litestar.Litestar([token, log_out, chat]))


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
    return asgi.beside(cast("App", get_asgi_application()), {"/chat": asgi.app(site.chat)})


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
        tokens = [
            (await post(url, f"/token/{label}", f"cookie-of-{name}"))["token"]
            for name, label in (("ann", "browser"), ("ann", "phone"), ("bob", "browser"))
        ]
        async with (
            chatcore.connect(f"{url}/chat/", token=tokens[0]) as browser,
            chatcore.connect(f"{url}/chat/", token=tokens[1]) as phone,
            chatcore.connect(f"{url}/chat/", token=tokens[2]) as bob,
        ):
            with_ann = await bob.conversation_with("ann")
            posted = await bob.post(with_ann, "Hello, Ann")
            for client in (browser, phone):
                await until(lambda client=client: has_come(client, posted))  # type: ignore[misc]

            with pytest.raises(InvalidStatus, match="403"):  # a page of somebody else, in a browser
                await connect(f"{url}/chat/", additional_headers={"Origin": "https://evil.example"})

            await post(url, "/logout", "cookie-of-ann")
            await until(lambda: browser.connection.phase is ConnectionPhase.LOGGED_OUT)
            await phone.post(GENERAL, "Still on the phone")

        assert phone.connection.phase is not ConnectionPhase.LOGGED_OUT


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_a_page_that_is_loaded_anew_flickers_for_nobody(framework: str) -> None:
    make, server = FRAMEWORKS[framework]
    async with Chat(":memory:", passwords=False) as chat, serving(make(Site(chat)), server) as url:
        token = (await post(url, "/token/browser", "cookie-of-ann"))["token"]
        watcher = Watcher()
        async with chat.client(await chat.users.create("carol")) as carol:
            carol.subscribe(watcher)
            page = await connect(f"{url}/chat/")
            await come(page, token, "first")
            await until(lambda: ("ann", True) in watcher.seen)
            await page.close(1001)  # what a browser says when a page is left or loaded anew
            async with connect(f"{url}/chat/") as again:
                await come(again, token, "second")
                ann = await chat.users.get("ann")
                assert ann is not None
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
        token = json.loads(await ask("/chat-token"))
        async with chatcore.connect(f"{url}/chat/", token=token) as ann:
            await ann.post(GENERAL, "Hello")
            await ask("/logout")
            await until(lambda: ann.connection.phase is ConnectionPhase.LOGGED_OUT)

"""An application with a chat of which several processes are run: `uvicorn tests.workers_site:application --workers 4`.

The database's address stands in $SITE_DATABASE. What each process does it writes as a line into the file $SITE_BOOK.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from chatcore import Chat, Message, User, asgi
from chatcore.adapters.postgres import PostgresStorage
from chatcore.adapters.postgres.bus import PostgresBus
from chatcore.adapters.system import SystemClock
from chatcore.asgi import Handshake, Identity

TELLING = 0.3
"""Seconds that telling of a message takes: so long that a kill can hit it."""

NAMES = {"cookie-of-ann": "ann", "cookie-of-bob": "bob", "cookie-of-carol": "carol"}
"""Who is logged in to the application, by the cookie; in earnest that would be in the database, too."""

database, book = os.environ["SITE_DATABASE"], Path(os.environ["SITE_BOOK"])
bus = PostgresBus(database)
chat = Chat(storage=PostgresStorage(database), bus=bus, passwords=False)


def note(word: str, *rest: object) -> None:
    """Write a line, in one piece."""
    with book.open("a", encoding="utf-8") as file:
        file.write(" ".join([word, str(os.getpid()), *map(str, rest)]) + "\n")


@chat.missed(after=0.5)
async def tell(message: Message, readers: Sequence[User]) -> None:
    """Tell of a message."""
    note("telling", message.text)
    await SystemClock().sleep(TELLING)
    note("told", message.text, *sorted(user.display_name for user in readers))


async def who(handshake: Handshake) -> Identity | None:
    """Say who comes to the chat."""
    note("came")
    cookie = handshake.cookies.get("sid", "")
    name = NAMES.get(cookie)
    return Identity(name, display_name=name, session=cookie) if name else None


async def token(request: Request) -> Response:
    """Begin a session for another device."""
    name = NAMES.get(request.cookies.get("sid", ""))
    if name is None:
        return Response(status_code=401)
    user = await chat.users.ensure(name, display_name=name)
    return Response(json.dumps({"token": await chat.sessions.begin(user, label=request.path_params["label"])}))


async def log_out(request: Request) -> Response:
    """End what the browser is logged in to."""
    await chat.sessions.end_host(request.cookies.get("sid", ""))
    return Response()


@asynccontextmanager
async def lifespan(_application: Starlette) -> AsyncIterator[None]:
    """Have bus and chat open while the process runs."""
    async with bus, chat:
        note("begun")
        yield


async def devices(scope: Scope, receive: Receive, send: Send) -> None:
    """The chat for those who have a token."""
    note("came")
    await _by_token(scope, receive, send)


_by_token = asgi.app(chat)
application = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/token/{label}", token, methods=["POST"]),
        Route("/logout", log_out, methods=["POST"]),
        Mount("/chat", asgi.app(chat, user=who)),
        Mount("/devices", devices),
    ],
)

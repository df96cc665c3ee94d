"""A web application with its own users, and the chat in it: `uvicorn community:application --app-dir examples`."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Cookie, FastAPI, HTTPException, Response

import chatcore
import chatcore.asgi

USERS = {"ann": "red", "bob": "blue"}  # the application's own table of users, here with their passwords
BROWSERS: dict[str, str] = {}  # who is logged in, by the cookie

chat = chatcore.Chat(":memory:", passwords=False)  # a path keeps it


@asynccontextmanager
async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
    """Have the chat open while the application runs."""
    async with chat:
        yield


async def who(handshake: chatcore.asgi.Handshake) -> chatcore.asgi.Identity | None:
    """Say who comes to the chat: who is logged in to the application, by the cookie of their browser."""
    browser = handshake.cookies.get("browser", "")
    name = BROWSERS.get(browser)
    return chatcore.asgi.Identity(name, display_name=name.capitalize(), session=browser) if name else None


application = FastAPI(lifespan=lifespan)
application.mount("/chat", chatcore.asgi.app(chat, user=who))
application.mount("/devices", chatcore.asgi.app(chat))  # for programs and phones, which come with a token


@application.post("/login")
async def log_in(name: str, password: str, response: Response) -> None:
    """Let a user in, as the application always did."""
    if not secrets.compare_digest(USERS.get(name, "").encode(), password.encode()) or not password:
        raise HTTPException(401)
    browser = secrets.token_urlsafe()
    BROWSERS[browser] = name
    response.set_cookie("browser", browser, httponly=True, samesite="strict")


@application.post("/device")
async def add_device(browser: Annotated[str, Cookie()], label: str) -> str:
    """Give who is logged in a token for another device of theirs, which stays when this browser logs out."""
    if browser not in BROWSERS:
        raise HTTPException(401)
    name = BROWSERS[browser]
    return await chat.sessions.begin(await chat.users.ensure(name, display_name=name.capitalize()), label=label)


@application.post("/logout")
async def log_out(browser: Annotated[str, Cookie()]) -> None:
    """Log this browser out, of the chat too; other devices stay."""
    BROWSERS.pop(browser, None)
    await chat.sessions.end_host(browser)

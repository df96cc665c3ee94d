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
TOKENS: dict[str, str] = {}  # of the chat's session of each browser

chat = chatcore.Chat(":memory:", passwords=False)  # a path keeps it


@asynccontextmanager
async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
    """Have the chat open while the application runs."""
    async with chat:
        yield


application = FastAPI(lifespan=lifespan)
application.mount("/chat", chatcore.asgi.app(chat))


@application.post("/login")
async def log_in(name: str, password: str, response: Response) -> None:
    """Let a user in, as the application always did."""
    if not secrets.compare_digest(USERS.get(name, "").encode(), password.encode()) or not password:
        raise HTTPException(401)
    browser = secrets.token_urlsafe()
    BROWSERS[browser] = name
    response.set_cookie("browser", browser, httponly=True, samesite="strict")


@application.post("/chat-token")
async def chat_token(browser: Annotated[str, Cookie()]) -> str:
    """Give who is logged in a session of the chat, one for each browser; the page connects with it."""
    if browser not in BROWSERS:
        raise HTTPException(401)
    if browser not in TOKENS:
        name = BROWSERS[browser]
        user = await chat.users.get(name) or await chat.users.create(name)
        TOKENS[browser] = await chat.sessions.begin(user, label=browser[:8])
    return TOKENS[browser]


@application.post("/logout")
async def log_out(browser: Annotated[str, Cookie()]) -> None:
    """Log this browser out, of the chat too; other devices stay."""
    name = BROWSERS.pop(browser, None)
    TOKENS.pop(browser, None)
    user = await chat.users.get(name) if name else None
    for session in await chat.sessions.of(user) if user else ():
        if session.label == browser[:8]:
            await chat.sessions.end(session)

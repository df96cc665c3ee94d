"""A club's web site with members, cookies and a page of its own, the chat in it, and a bot: `uvicorn club:site`."""

import asyncio
import hashlib
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Cookie, FastAPI, HTTPException, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

import chatcore
import chatcore.asgi

club = sqlite3.connect("club.db", isolation_level=None)  # the club's own tables
club.executescript("""
create table if not exists member (name text primary key, salt blob, digest blob);
create table if not exists browser (cookie text primary key, member text, token text);
""")
chat = chatcore.Chat("chat.db", passwords=False)  # members log in to the club, not to the chat


class Person(BaseModel):
    """What somebody types into the page."""

    name: str
    password: str


async def answer(keeper: chatcore.ChatClient) -> None:
    """Say when the club is open, to whoever asks."""
    async for message in keeper.messages(chatcore.GENERAL, since="unread"):
        if "open" in message.text:
            await keeper.post(message.conversation, "We are open from 9 to 5.")
        await keeper.mark_read(message)


@asynccontextmanager
async def lifespan(_site: FastAPI) -> AsyncIterator[None]:
    """Have the chat open, and the bot in it, while the site runs."""
    async with chat, chat.client(await chat.users.ensure("bot", display_name="Keeper")) as keeper:
        bot = asyncio.create_task(answer(keeper))
        yield
        bot.cancel()


site = FastAPI(lifespan=lifespan)
site.mount("/chat", chatcore.asgi.app(chat))


@site.get("/")
async def page() -> FileResponse:
    """Show the page."""
    return FileResponse(Path(__file__).with_name("club.html"))


async def user_of(member: str) -> chatcore.User:
    """Return a member's user of the chat, whom it knows by a key of ours: made at the first time."""
    return await chat.users.ensure(f"member {member}", display_name=member)


@site.post("/join")
async def join(who: Person, response: Response) -> None:
    """Make a member, and their user of the chat."""
    salt = secrets.token_bytes(16)
    try:
        await user_of(who.name)
        club.execute("insert into member values (?, ?, ?)", (who.name, salt, _digest(who.password, salt)))
    except chatcore.InvalidName as wrong:
        raise HTTPException(422, wrong.message) from None
    except sqlite3.IntegrityError:
        raise HTTPException(422, "somebody has this name already") from None
    await log_in(who, response)


@site.post("/login")
async def log_in(who: Person, response: Response) -> None:
    """Let a member in, with a cookie, and begin a session of the chat for this browser."""
    found = club.execute("select salt, digest from member where name = ?", (who.name,)).fetchone()
    if found is None or not secrets.compare_digest(_digest(who.password, found[0]), found[1]):
        raise HTTPException(401, "the name or the password is wrong")
    cookie = secrets.token_urlsafe()
    token = await chat.sessions.begin(await user_of(who.name), label=cookie[:8])
    club.execute("insert into browser values (?, ?, ?)", (cookie, who.name, token))
    response.set_cookie("club", cookie, httponly=True, samesite="strict")


@site.post("/chat-token")
async def chat_token(cookie: Annotated[str, Cookie(alias="club")] = "") -> str:
    """Give the page of a member the token with which it enters the chat."""
    found = club.execute("select token from browser where cookie = ?", (cookie,)).fetchone()
    if found is None:
        raise HTTPException(401, "log in first")
    return str(found[0])


@site.post("/logout")
async def log_out(cookie: Annotated[str, Cookie(alias="club")] = "") -> None:
    """Log this browser out, of the chat too: its connections end within a second."""
    found = club.execute("delete from browser where cookie = ? returning member", (cookie,)).fetchone()
    for session in await chat.sessions.of(await user_of(found[0])) if found else ():
        if session.label == cookie[:8]:
            await chat.sessions.end(session)


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)

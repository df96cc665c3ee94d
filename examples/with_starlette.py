"""A chat in a Starlette application: `uvicorn with_starlette:application`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

import chatcore
import chatcore.asgi

chat = chatcore.Chat("chat.db", passwords=False)


async def chat_token(request: Request) -> JSONResponse:
    """Give who is logged in to the application what their page enters the chat with."""
    name = request.cookies.get("who")  # here: your own log-in, which nobody can forge
    if name is None:
        return JSONResponse({}, 401)
    user = await chat.users.ensure(name, display_name=name)
    return JSONResponse({"token": await chat.sessions.begin(user)})


@asynccontextmanager
async def lifespan(_application: Starlette) -> AsyncIterator[None]:
    """Have the chat open while the application runs."""
    async with chat:
        yield


application = Starlette(
    routes=[Route("/chat-token", chat_token, methods=["POST"]), Mount("/chat", chatcore.asgi.app(chat))],
    lifespan=lifespan,
)

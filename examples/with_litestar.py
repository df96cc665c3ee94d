"""A chat in a Litestar application: `uvicorn with_litestar:application`."""

from typing import Any

from litestar import Litestar, Request, asgi, post
from litestar.exceptions import NotAuthorizedException

import chatcore
import chatcore.asgi

chat = chatcore.Chat("chat.db", passwords=False)


@post("/chat-token")
async def chat_token(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Give who is logged in to the application what their page enters the chat with."""
    name = request.cookies.get("who")  # here: your own log-in, which nobody can forge
    if name is None:
        raise NotAuthorizedException
    user = await chat.users.ensure(name, display_name=name)
    return {"token": await chat.sessions.begin(user)}


mounted = asgi("/chat", is_mount=True, copy_scope=True)(chatcore.asgi.app(chat))
application = Litestar([chat_token, mounted], lifespan=[lambda _: chat])

"""A chat beside a Django site: `uvicorn with_django:application`. In a project of yours this is its asgi.py."""

import secrets

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

import chatcore
import chatcore.asgi

chat = chatcore.Chat("chat.db", passwords=False)


async def chat_token(request: HttpRequest) -> JsonResponse:
    """Give who is logged in to the site what their page enters the chat with."""
    name = request.COOKIES.get("who")  # here: (await request.auser()).username
    if name is None:
        return JsonResponse({}, status=401)
    user = await chat.users.get(name) or await chat.users.create(name)
    return JsonResponse({"token": await chat.sessions.begin(user)})


urlpatterns = [path("chat-token", chat_token)]

# A project has this in its settings.py, and its CSRF protection with it.
settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY=secrets.token_hex(), ROOT_URLCONF=__name__)
django.setup()

site: chatcore.asgi.App = get_asgi_application()
application = chatcore.asgi.beside(site, {"/chat": chatcore.asgi.app(chat)}, lifespan=chat)

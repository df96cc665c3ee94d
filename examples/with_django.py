"""A chat beside a Django site, for the site's own users: `uvicorn with_django:application`.

A project of yours has its settings, views and URLs elsewhere already. `chat` stands best in a module of its own, and
the last line in `asgi.py`.
"""

import secrets

import django
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management import call_command

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "site.db"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY=secrets.token_hex(),
)
django.setup()

from django.contrib.auth import authenticate, get_user_model, login, logout  # they want the settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path

import chatcore
import chatcore.asgi

chat = chatcore.Chat("chat.db", passwords=False)


def log_in(request: HttpRequest) -> HttpResponse:
    """Let a user in, as the site always did."""
    if request.method == "GET":
        return HttpResponse(f'<form method="post">… <input name="csrfmiddlewaretoken" value="{get_token(request)}">')
    user = authenticate(request, username=request.POST.get("name"), password=request.POST.get("password"))
    if user is None:
        return HttpResponse(status=401)
    login(request, user)
    return HttpResponse()


def log_out(request: HttpRequest) -> HttpResponse:
    """Log this browser out."""
    logout(request)
    return HttpResponse()


async def chat_token(request: HttpRequest) -> JsonResponse:
    """Give the page of who is logged in what it enters the chat with: one session of the chat for each browser."""
    user = await request.auser()
    if not user.is_authenticated:
        return JsonResponse({}, status=401)
    token = await request.session.aget("chat-token")
    if token is None:
        shown = user.get_full_name() or user.get_username().partition("@")[0]
        them = await chat.users.ensure(str(user.pk), display_name=shown)
        token = await chat.sessions.begin(them, label=request.session.session_key[:8])
        await request.session.aset("chat-token", token)
    return JsonResponse({"token": token})


@async_to_sync
async def end_chat(request: HttpRequest, user: AbstractBaseUser | None, **_: object) -> None:
    """End the browser's session of the chat, too, however the log-out came about."""
    them = await chat.users.ensure(str(user.pk)) if user else None
    for session in await chat.sessions.of(them) if them else ():
        if session.label == request.session.session_key[:8]:
            await chat.sessions.end(session)


user_logged_out.connect(end_chat)
urlpatterns = [path("login", log_in), path("logout", log_out), path("chat-token", chat_token)]

call_command("migrate", verbosity=0)
if not get_user_model().objects.exists():
    get_user_model().objects.create_user("ann@example.org", password="red")

site: chatcore.asgi.App = get_asgi_application()
application = chatcore.asgi.beside(site, {"/chat": chatcore.asgi.app(chat)}, lifespan=chat)

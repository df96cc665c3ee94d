"""What is asked before the chat: whom to log in where, and whether to start a server here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import attrs

from chatcore import ChatError
from chatcore.client.language import Language

from .form import Button, Field, Form
from .trouble import sentence, trouble

_FIELDS = {
    "invalid_name": "name",
    "name_taken": "name",
    "unreachable": "server",
    "weak_password": "password",
    "wrong_credentials": "password",
}
"Beside which field an error stands that does not say so itself."


@attrs.frozen
class Credentials:
    """What was filled in."""

    server: str
    name: str
    password: str = attrs.field(repr=False)
    is_new: bool
    "Whether to register."


Enter = Callable[[Credentials, Callable[[str], None]], Awaitable[None]]
"""Logs in or registers; raises ChatError, and tells the second what goes wrong while it goes on trying."""


class LogIn:
    """Asks until somebody is logged in."""

    def __init__(self, language: Language, enter: Enter, *, server: str, name: str, message: str = "") -> None:
        """`message` says why it is asked, where there is something to say."""
        say = language.gettext
        self._language, self._enter = language, enter
        self._server = Field("server", say("Server"), server)
        self._name = Field("name", say("Name"), name)
        self._password = Field("password", say("Password"), is_secret=True)
        self._trying: asyncio.Task[None] | None = None
        self._form = Form(
            say("chatcore: who are you?"),
            [self._server, self._name, self._password],
            [
                Button(say("Log in"), lambda: self._submit(is_new=False)),
                Button(say("Register"), lambda: self._submit(is_new=True)),
            ],
            say("Tab moves, Enter goes on, Ctrl+Q leaves."),
        )
        self._form.say(message)

    async def run(self) -> bool:
        """Show the form; False where the user leaves instead."""
        return bool(await self._form.app.run_async())

    def _submit(self, *, is_new: bool) -> None:
        wrong = self._wrong_field()
        if wrong:
            self._form.blame(*wrong)
            return
        if self._trying:
            self._trying.cancel()
        say = self._language.gettext
        self._form.say(say("Registering…") if is_new else say("Logging in…"))
        credentials = Credentials(self._server.value, self._name.value, self._password.value, is_new)
        self._trying = self._form.app.create_background_task(self._try(credentials))

    async def _try(self, credentials: Credentials) -> None:
        try:
            await self._enter(credentials, self._not_yet)
        except ChatError as error:
            self._form.blame(error.field or _FIELDS.get(error.code), trouble(error, self._language))
        else:
            self._form.leave(result=True)

    def _not_yet(self, reason: str) -> None:
        self._form.blame("server", sentence(reason))
        self._form.say_beside(self._language.gettext("Trying again…"))

    def _wrong_field(self) -> tuple[str, str] | None:
        say = self._language.gettext
        if not is_address(self._server.value):
            return "server", say("An address begins with ws:// or wss:// and names a host.")
        if not self._name.value:
            return "name", say("Under which name?")
        if not self._password.value:
            return "password", say("The password is missing.")
        return None


class Offer:
    """Asks whether to start a server on this machine."""

    def __init__(self, language: Language, server: str, start: Callable[[], Awaitable[None]]) -> None:
        """`start` raises an exception whose message says why it did not come up."""
        say = language.gettext
        self._language, self._start = language, start
        self._is_busy = False
        self._form = Form(
            say("No server listens at {server}").format(server=server),
            [],
            [
                Button(say("Start one here"), self._begin),
                Button(say("Go on without"), lambda: self._form.leave(result=True)),
            ],
            say("It goes on running in the background when you leave."),
        )

    async def run(self) -> bool:
        """Show the offer; False where the user leaves instead of choosing."""
        return bool(await self._form.app.run_async())

    def _begin(self) -> None:
        if not self._is_busy:
            self._is_busy = True
            self._form.say(self._language.gettext("Starting…"))
            self._form.app.create_background_task(self._try())

    async def _try(self) -> None:
        try:
            await self._start()
        except Exception as error:  # noqa: BLE001 - whatever it is, the user can go on without
            self._form.say(sentence(str(error)), wrong=True)
        else:
            self._form.leave(result=True)
        finally:
            self._is_busy = False


def is_address(text: str) -> bool:
    """Tell whether this can be a server's address."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"ws", "wss"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False

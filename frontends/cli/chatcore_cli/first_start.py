"""What is asked before the chat: whom to log in where, and whether to start a server here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from chatcore import ChatError, WrongCredentials
from chatcore.client.credentials import Credentials, field_of
from chatcore.client.language import Language
from chatcore.client.sentences import sentence

from .form import Button, Field, Form
from .trouble import trouble

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
        self.form = Form(
            say("chatcore: who are you?"),
            [self._server, self._name, self._password],
            [
                Button(say("Log in"), lambda: self._submit(is_new=False)),
                Button(say("Register"), lambda: self._submit(is_new=True)),
            ],
            say("Tab moves, Enter goes on, Ctrl+Q leaves."),
        )
        self.form.tell(message)

    async def run(self) -> bool:
        """Show the form; False where the user leaves instead."""
        return bool(await self.form.app.run_async())

    def _submit(self, *, is_new: bool) -> None:
        credentials = Credentials(self._server.value, self._name.value, self._password.value, is_new)
        wrong = credentials.wrong_field(self._language)
        if wrong:
            self.form.blame(*wrong)
            return
        if self._trying:
            self._trying.cancel()
        say = self._language.gettext
        self.form.tell(say("Registering…") if is_new else say("Logging in…"))
        self._trying = self.form.app.create_background_task(self._try(credentials))

    async def _try(self, credentials: Credentials) -> None:
        try:
            await self._enter(credentials, self._not_yet)
        except ChatError as error:
            is_perhaps_new = isinstance(error, WrongCredentials)
            advice = self._language.gettext("Are you new here? Then choose Register.") if is_perhaps_new else ""
            self.form.blame(field_of(error), trouble(error, self._language), advice)
        else:
            self.form.leave(result=True)

    def _not_yet(self, reason: str) -> None:
        self.form.warn("server", sentence(reason), self._language.gettext("Trying again…"))


class Offer:
    """Asks whether to start a server on this machine."""

    def __init__(self, language: Language, server: str, start: Callable[[], Awaitable[None]]) -> None:
        """`start` raises an exception whose message says why it did not come up."""
        say = language.gettext
        self._language, self._start = language, start
        self._is_busy = False
        self.form = Form(
            say("No server listens at {server}").format(server=server),
            [],
            [
                Button(say("Start one here"), self._begin),
                Button(say("Go on without"), lambda: self.form.leave(result=True)),
            ],
            say("It goes on running in the background when you leave."),
        )

    async def run(self) -> bool:
        """Show the offer; False where the user leaves instead of choosing."""
        return bool(await self.form.app.run_async())

    def _begin(self) -> None:
        if not self._is_busy:
            self._is_busy = True
            self.form.tell(self._language.gettext("Starting…"))
            self.form.app.create_background_task(self._try())

    async def _try(self) -> None:
        try:
            await self._start()
        except Exception as error:  # noqa: BLE001 - whatever it is, the user can go on without
            self.form.tell(sentence(str(error)), wrong=True)
        else:
            self.form.leave(result=True)
        finally:
            self._is_busy = False

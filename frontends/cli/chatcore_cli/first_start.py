"""What is asked before the chat: whom to log in where, and whether to start a server here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from chatcore import ChatError, NameTaken
from chatcore.view.credentials import Credentials, advice, field_of
from chatcore.view.language import Language
from chatcore.view.sentences import cause_text, sentence

from .form import Button, Field, Form

Enter = Callable[[Credentials, Callable[[str], None]], Awaitable[None]]
"""Logs in or registers; raises ChatError, and tells the second what goes wrong while it goes on trying."""


class LogIn:
    """Asks until somebody is logged in."""

    def __init__(
        self, language: Language, enter: Enter, *, server: str, name: str, message: str = "", is_new: bool = False
    ) -> None:
        """`message` says why it is asked, where there is something to say; who `is_new` registers with Enter."""
        say = language.gettext
        self._language, self._enter = language, enter
        self._server = Field("server", say("Server"), server)
        self._name = Field("name", say("Name"), name)
        self._password = Field("password", say("Password"), is_secret=True)
        self._trying: asyncio.Task[None] | None = None
        self._left_at: object = None
        "Where the cursor was when it was sent."
        fields = [self._server, self._name, self._password]
        for field in fields:
            field.on_change = self._give_up
        self._log_in = Button(say("Log in"), lambda: self._submit(is_new=False))
        self._register = Button(say("Register"), lambda: self._submit(is_new=True))
        self.form = Form(
            say("chatcore: who are you?"),
            fields,
            [self._log_in, self._register],
            say("Tab moves, Enter goes on, Ctrl+Q leaves."),
        )
        if is_new:
            self.form.default = self._register
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
        self._left_at = self.form.focused
        self._trying = self.form.app.create_background_task(self._try(credentials))

    async def _try(self, credentials: Credentials) -> None:
        try:
            await self._enter(credentials, self._not_yet)
        except ChatError as error:
            self._trying = None
            if isinstance(error, NameTaken):
                self.form.default = self._log_in
            self.form.blame(
                field_of(error),
                cause_text(error, self._language),
                advice(error, self._language),
                move=self.form.focused is self._left_at,
            )
        else:
            self.form.leave(result=True)

    def _give_up(self) -> None:
        """Somebody goes on writing: an answer to what they wrote before would only take them out of it."""
        if self._trying:
            self._trying.cancel()
            self._trying = None
            self.form.tell("")

    def _not_yet(self, reason: str) -> None:
        self.form.warn("server", sentence(reason, self._language), self._language.gettext("Trying again…"))


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
            say("It goes on running in the background when you leave, until `chatcore-server stop`."),
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

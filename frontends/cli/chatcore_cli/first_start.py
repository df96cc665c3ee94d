"""What is asked before the chat: whom to log in where, and whether to start a server here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from chatcore import ChatError
from chatcore.view.credentials import Credentials
from chatcore.view.language import Language
from chatcore.view.login import LogIn
from chatcore.view.sentences import sentence

from .form import Button, Field, Form

Enter = Callable[[Credentials, Callable[[str], None]], Awaitable[None]]
"""Logs in or registers; raises ChatError, and tells the second what goes wrong while it goes on trying."""


class LogInScreen:
    """The log-in as a form in the terminal."""

    def __init__(
        self, language: Language, enter: Enter, *, server: str, name: str, message: str = "", is_new: bool = False
    ) -> None:
        """`message` says why it is asked, where there is something to say; who `is_new` registers with Enter."""
        say = language.gettext
        self._language, self._enter = language, enter
        self._trying: asyncio.Task[None] | None = None
        self._fields = {
            "server": Field("server", say("Server"), server),
            "name": Field("name", say("Name"), name),
            "password": Field("password", say("Password"), is_secret=True),
            "invitation": Field("invitation", say("Invitation"), is_shown=False),
        }
        self._log_in = Button(say("Log in"), lambda: self._login.send(is_new=False))
        self._register = Button(say("Register"), lambda: self._login.send(is_new=True))
        self.form = Form(
            say("chatcore: who are you?"),
            list(self._fields.values()),
            [self._log_in, self._register],
            say("Tab moves, Enter goes on, Ctrl+Q leaves."),
        )
        self._login = LogIn(self, language, self._submit, self._give_up)
        self.form.on_enter = self._login.enter
        for field in self._fields.values():
            field.on_change = self._login.changed
        self._login.begin(message, is_new=is_new)

    async def run(self) -> bool:
        """Show the form; False where the user leaves instead."""
        return bool(await self.form.app.run_async())

    # ---- what the log-in needs of it

    @property
    def written(self) -> tuple[str, str, str, str]:
        """What stands in the fields."""
        server, name, password, code = (field.buffer.text for field in self._fields.values())
        return server, name, password, code

    @property
    def focused(self) -> object:
        """Where the keyboard is."""
        return self.form.focused

    def go_to(self, field: str) -> None:
        """Put the keyboard into a field."""
        self.form.focus(field)

    def redraw(self) -> None:
        """Show what the log-in says."""
        self._fields["invitation"].is_shown = self._login.asks_for_invitation
        self.form.default = self._register if self._login.is_new else self._log_in
        self.form.tell(self._login.message, self._login.errors, wrong=self._login.is_wrong)

    # ---- the try

    def _submit(self, credentials: Credentials) -> None:
        self._trying = self.form.app.create_background_task(self._try(credentials))

    async def _try(self, credentials: Credentials) -> None:
        try:
            await self._enter(credentials, lambda reason: self._login.cut_off(sentence(reason, self._language)))
        except ChatError as error:
            self._login.refused(error)
        else:
            self.form.leave(result=True)

    def _give_up(self) -> None:
        if self._trying:
            self._trying.cancel()


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

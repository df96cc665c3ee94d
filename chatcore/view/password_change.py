"""Another password: what is filled in, what is wrong with it, and how it went, for every frontend."""

from __future__ import annotations

from typing import Protocol

from ..errors import ChatError, NotAllowed, Unreachable, WrongCredentials
from .commands import Commands
from .notices import Notices
from .sentences import error_text
from .viewer import Viewer

FIELDS = ("password", "new_password", "repeated")
"""What is filled in: the password up to now, another one, and that one once more."""

_FIELDS = {"wrong_credentials": "password", "weak_password": "new_password", "common_password": "new_password"}
"Beside which field an error stands where it does not say so itself."


class PasswordForm(Protocol):
    """Shows what is asked for, and reads the state of it when it draws. Nothing that is written there is ever shown."""

    @property
    def written(self) -> tuple[str, str, str]:
        """What stands in the fields."""

    def go_to(self, field: str) -> None:
        """Put the keyboard into a field."""

    def redraw(self) -> None:
        """What there is to say has changed."""

    def leave(self) -> None:
        """The password is another one: the form goes."""


class PasswordChange:
    """Asks for another password until the account has one, or the person thinks better of it."""

    def __init__(self, form: PasswordForm, commands: Commands, notices: Notices, viewer: Viewer) -> None:
        self._form, self._commands, self._notices, self._viewer = form, commands, notices, viewer
        self.errors: dict[str, str] = {}
        "What is wrong with which field."
        self.message: str = ""
        "What goes on, or is wrong with no field in particular."
        self.is_wrong: bool = False
        "Whether the message is about an error."
        self.is_busy: bool = False
        "Whether an answer is waited for: nothing else is sent meanwhile."
        self._has_left = False

    def enter(self, field: str) -> None:
        """Enter was pressed in a field: go to the next one, or send from the last one."""
        if field == FIELDS[-1]:
            self.send()
        else:
            self._form.go_to(FIELDS[FIELDS.index(field) + 1])

    def send(self) -> None:
        """Ask for the other password, unless what is filled in cannot be right or an answer is waited for."""
        if self.is_busy:
            return
        password, new, _repeated = self._form.written
        say = self._viewer.language.gettext
        wrong = self._wrong_field()
        if wrong:
            self._blame(*wrong)
        elif not self._viewer.is_online:
            self._say(say("There is no connection now: the password stays as it is."), is_wrong=True)
        else:
            self.is_busy = True
            self._say(say("Changing the password…"))
            self._commands.change_password(password, new, self._told)

    def left(self) -> None:
        """The form has gone: what becomes of what was sent is said in the chat."""
        self._has_left = True

    def _wrong_field(self) -> tuple[str, str] | None:
        password, new, repeated = self._form.written
        say = self._viewer.language.gettext
        if not password or not new:
            return ("new_password" if password else "password"), say("The password is missing.")
        if new != repeated:
            return "repeated", say("This is not the same as the line above.")
        return None

    def _told(self, error: ChatError | None) -> None:
        self.is_busy = False
        if error is None:
            words = self._viewer.language.gettext("Your password is changed. Everywhere else you are logged out.")
            self._notices.say(words)
            if not self._has_left:
                self._form.leave()
            return
        words = self._words(error)
        field = error.field if error.field in FIELDS else _FIELDS.get(error.code)
        if self._has_left:
            self._notices.complain(words)
        elif field is None:
            self._say(words, is_wrong=True)
        else:
            self._blame(field, words)

    def _words(self, error: ChatError) -> str:
        say = self._viewer.language.gettext
        match error:
            case WrongCredentials():
                return say("This is not your password.")
            case NotAllowed():
                return say("No password leads into this account.")
            case Unreachable():
                return say("The connection broke before the answer came: your password is the old or the new one.")
            case _:  # means the same wherever it comes
                return error_text(error, self._viewer.language)

    def _blame(self, field: str, sentence: str) -> None:
        self._say("", {field: sentence})
        self._form.go_to(field)

    def _say(self, message: str, errors: dict[str, str] | None = None, *, is_wrong: bool = False) -> None:
        self.message, self.is_wrong, self.errors = message, is_wrong, errors or {}
        self._form.redraw()

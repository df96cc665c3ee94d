"""The log-in: where Enter leads, what is sent, and what is said about it, for every frontend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..errors import ChatError, InvalidInvitation, InvitationNeeded, NameTaken
from .credentials import FIELDS, Credentials, advice, field_of
from .language import Language
from .sentences import cause_text


class LogInForm(Protocol):
    """Shows a log-in, whose state it reads when it draws."""

    @property
    def written(self) -> tuple[str, str, str, str]:
        """What stands in the fields: server, name, password and the code of an invitation."""

    @property
    def focused(self) -> object:
        """Where the keyboard is."""

    def go_to(self, field: str) -> None:
        """Put the keyboard into a field."""

    def redraw(self) -> None:
        """Something has changed: what there is to say, which fields there are, what Enter does, what is waited for."""


class LogIn:
    """Asks who somebody is until they are logged in. A form calls it at each key that means something."""

    def __init__(
        self,
        form: LogInForm,
        language: Language,
        submit: Callable[[Credentials], object],
        give_up: Callable[[], object],
    ) -> None:
        """`submit` tries what was filled in, and `give_up` ends the try: its answer is about what nobody wants now."""
        self._form, self._language = form, language
        self._submit, self._give_up = submit, give_up
        self.errors: dict[str, str] = {}
        "What is wrong with which field."
        self.message: str = ""
        "What goes on, what to do, or what is wrong with no field in particular."
        self.is_wrong: bool = False
        "Whether the message is about an error."
        self.is_new: bool = False
        "Whether Enter registers instead of logging in."
        self.asks_for_invitation: bool = False
        "Whether there is a field for the code of an invitation: the server has asked for one."
        self._tried: tuple[str, str, str, str] | None = None
        "What was filled in and is being tried."
        self._left_at: object = None
        "Where the keyboard was then."
        self._is_cut_off = False
        "Whether the try goes on only because no server can be reached."

    @property
    def is_busy(self) -> bool:
        """Whether an answer is waited for, and nothing can be sent but for another one."""
        return self._tried is not None and not self._is_cut_off

    def begin(self, message: str = "", *, is_new: bool = False) -> None:
        """Ask, with what there is to say, and go to the first empty field; who `is_new` registers with Enter."""
        self.is_new, self.asks_for_invitation, self._tried = is_new, False, None
        self._say(message)
        self.go_to_empty()

    def go_to_empty(self) -> None:
        """Go to the first field that is empty; the password is the last thing that one would write anew."""
        self._form.go_to(next(iter(self._empty()), "password"))

    def enter(self, field: str) -> None:
        """Enter was pressed in a field: go to the next empty one behind it, or send where there is none."""
        behind = FIELDS[FIELDS.index(field) + 1 :]
        empty = next((each for each in self._empty() if each in behind), None)
        if empty is None:
            self.send(is_new=self.is_new)
        else:
            self._form.go_to(empty)

    def send(self, *, is_new: bool) -> None:
        """Try what is filled in, unless it cannot be right; nothing happens where an answer is waited for."""
        if self.is_busy:
            return
        server, name, password, code = self._form.written
        invitation = (code.strip() or None) if is_new and self.asks_for_invitation else None
        credentials = Credentials(server.strip(), name.strip(), password, is_new, invitation)
        wrong = credentials.wrong_field(self._language)
        if wrong:
            self._blame(*wrong)
            return
        self._end_try()
        say = self._language.gettext
        self._tried, self._left_at = self._form.written, self._form.focused
        self._say(say("Registering…") if is_new else say("Logging in…"))
        self._submit(credentials)

    def changed(self) -> None:
        """Something else may be filled in now: an answer to what was there before would only take somebody out."""
        if self._tried is not None and self._form.written != self._tried:
            self._end_try()
            self._say("")

    def cut_off(self, reason: str) -> None:
        """No server can be reached, and it goes on trying: say so, in a sentence."""
        if self._tried is not None:
            self._is_cut_off = True
            self._say(self._language.gettext("Trying again…"), {"server": reason})

    def refused(self, error: ChatError) -> None:
        """Say why it did not work; everything that is filled in stays."""
        self._tried, self._is_cut_off = None, False
        if isinstance(error, NameTaken):
            self.is_new = False
        if isinstance(error, InvitationNeeded | InvalidInvitation):
            self.is_new = self.asks_for_invitation = True
        stays = self._form.focused != self._left_at
        self._blame(field_of(error), cause_text(error, self._language), advice(error, self._language), move=not stays)

    def _blame(self, field: str | None, sentence: str, to_do: str = "", *, move: bool = True) -> None:
        """Say what is wrong beside its field and go there; at the bottom where it is of none, else what to do."""
        if field is None:
            self._say(sentence, is_wrong=True)
            return
        self._say(to_do, {field: sentence})
        if move:
            self._form.go_to(field)

    def _say(self, message: str, errors: dict[str, str] | None = None, *, is_wrong: bool = False) -> None:
        self.message, self.is_wrong, self.errors = message, is_wrong, errors or {}
        self._form.redraw()

    def _end_try(self) -> None:
        if self._tried is not None:
            self._tried, self._is_cut_off = None, False
            self._give_up()

    def _empty(self) -> list[str]:
        empty = [field for field, text in zip(FIELDS, self._form.written, strict=True) if not text.strip()]
        return [field for field in empty if field != "invitation" or (self.asks_for_invitation and self.is_new)]

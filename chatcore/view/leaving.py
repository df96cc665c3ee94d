"""Leaving the program, the account or the session, without losing what is on its way."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ChatError
from .commands import Commands
from .language import Language
from .notices import Notices
from .screen import Screen
from .sentences import left_behind, sending, would_be_lost


class Leaving:
    """What was asked of the end, and what it waits for."""

    def __init__(self, commands: Commands, screen: Screen, notices: Notices, language: Language) -> None:
        self._commands, self._screen, self._notices, self._language = commands, screen, notices, language
        self._is_leaving = False
        "Whether the person has asked to leave: asked again, they have left at once."
        self._then: Callable[[int], None] = self._quit
        self.is_logging_out: bool = False
        "Whether they have asked to be logged out."
        self._sending = 0

    def begin(self) -> None:
        """A session begins, of which nobody has asked anything yet."""
        self._is_leaving = self.is_logging_out = False
        self._sending = 0

    def quit(self) -> None:
        """End the program when what is on its way is sent; at once when asked again. The session stays."""
        self.leave(self._quit)

    def leave(self, then: Callable[[int], None]) -> None:
        """Do something else in the same manner; `then` gets how many messages wait for the next time."""
        if self._is_leaving:
            then(0)
        else:
            self._is_leaving, self._then = True, then
            self._commands.leave(self._are_sent, self._left)

    def log_out(self) -> None:
        """End the session in the same manner; `Desk.connection_changed` tells of it."""
        self.is_logging_out = True
        self._commands.log_out(self._are_sent, self._logged_out)

    def posted(self) -> None:
        """There is something new to be sent: leaving is to be asked for anew."""
        self._is_leaving = False

    @property
    def text(self) -> str:
        """What the end waits for; empty where it does not."""
        return sending(self._sending, self._language) if self._sending else ""

    def _are_sent(self, count: int) -> None:
        self._sending = count
        self._screen.redraw_bars()

    def _left(self, kept: int, lost: int) -> None:
        self._are_sent(0)
        self._is_leaving = True
        if lost:
            self._notices.complain(would_be_lost(lost, self._language))
        else:
            self._then(kept)

    def _quit(self, kept: int) -> None:
        self._screen.quit(left_behind(kept, 0, self._language))

    def _logged_out(self, error: ChatError | None) -> None:
        self._are_sent(0)
        if error is not None:
            self.is_logging_out = False
            self._notices.failed(error)

"""Choosing a conversation: by its row, its place, a step, unread messages, or a part of a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from ..client.changes import Change
from ..domain.conversations import GENERAL
from ..domain.ids import ConversationId
from ..domain.roster import Row
from ..errors import ChatError
from .commands import Commands
from .list_view import ListView
from .notices import Notices
from .screen import Screen
from .sentences import error_text
from .sight import Sight
from .stack import Stack
from .talk import Talk
from .text import clean_line
from .viewer import Viewer


class Choosing:
    """The list, and what is done with it. Whatever is chosen is told to `open_`, or None where there is nothing."""

    def __init__(
        self,
        commands: Commands,
        screen: Screen,
        viewer: Viewer,
        talk: Talk,
        notices: Notices,
        monotonic: Callable[[], float],
        open_: Callable[[Row | None], None],
    ) -> None:
        self._commands, self._screen, self._language = commands, screen, viewer.language
        self._talk, self._notices, self._monotonic, self._open = talk, notices, monotonic, open_
        self.roster: ListView = viewer.people
        self.is_finding: bool = True
        "Whether a row of the list is being chosen and the keyboard is there; otherwise it is in the composer."
        self._keeps_cursor = False
        "Whether the cursor stays with its row; while the list comes, until somebody moves it, it stays on top."

    # ---- the list

    def begin(self) -> None:
        """Begin anew, with no row and no text."""
        self._screen.show_sought("")
        self.roster.reset()
        self.is_finding, self._keeps_cursor = True, False
        self._screen.redraw_list()

    def changed(self, changes: Iterable[Change[Row]]) -> None:
        """Take the changes of the list."""
        self.roster.apply(changes)
        if not self._keeps_cursor and not self.roster.sought:
            self.roster.cursor = None
        if self.is_finding:
            self.roster.settle()
        self.keep_cursor()
        self._screen.redraw_list()

    def keep_cursor(self) -> None:
        """Have the cursor stay with its row, once the whole list is there; nothing tells when that is."""
        if not self._keeps_cursor:
            self._commands.ask_if_complete(self._found_complete)

    def drawn(self, view: Stack[ConversationId]) -> None:
        """The list can be seen as it is, with these rows in view, at heights that presses are measured by."""
        self.roster.drawn(view, self._monotonic())

    def turned(self) -> None:
        """The person has scrolled the list, or put it out of view: what they saw before no longer counts."""
        self.roster.turned()

    @property
    def aimed(self) -> Sight:
        """The list as it was seen by the one who presses a key or a button now."""
        return self.roster.aimed(self._monotonic()) if self._screen.shows_list else self.roster.sight

    # ---- by where a row stands

    def press(self, height: int) -> None:
        """Open the row that somebody presses at a height."""
        row = self.aimed.under(height)
        if row is not None:
            self._open(row)

    def step(self, steps: int) -> None:
        """Open the conversation so many below in the list, above where negative."""
        self._open(self.aimed.neighbour(self._talk.conversation, steps))

    def open_place(self, number: int) -> None:
        """Open the conversation at a place of the list, counted from 1."""
        self._open(self.aimed.at(number - 1))

    def open_unread(self) -> None:
        """Open the next conversation with unread messages."""
        row = self.roster.next_unread(self.aimed, self._talk.conversation)
        self._open(row)
        if row is None:
            self._notices.say(self._language.gettext("There are no unread messages elsewhere."))

    # ---- by a name

    def open_general(self) -> None:
        """Open the general chat."""
        self._open(self.roster.row(GENERAL))

    def open_named(self, name: str) -> None:
        """Open the conversation with the user of a name, asking the server where the list does not have it."""
        name = name.strip()
        rows = self.roster.named(name)
        if len(rows) == 1:
            self._open(rows[0])
        elif rows:
            self.find(name)
            words = self._language.gettext("Several are called {name}: choose one in the list.")
            self._notices.say(words.format(name=clean_line(name)))
        else:
            # What is written on while the server is asked goes to nobody.
            self.find(name)
            self._commands.ask_for(name, partial(self._answered, name, self.roster.sought))

    def find(self, text: str = "") -> None:
        """Begin to choose in the list, at the conversation that is open, with a text that the names have."""
        self._uncover()
        self.is_finding = True
        self.roster.mark(self.roster.cursor or self._talk.conversation)
        self._screen.show_sought(text)
        self.roster.seek(text)
        self.roster.settle()
        self._screen.reveal(self.roster.cursor)
        self._screen.turn()
        self._screen.focus()
        self._screen.redraw_list()

    def seek(self, text: str) -> None:
        """The finder has another text, however that came there: show only rows with this in their name."""
        self.roster.seek(text)
        self._screen.redraw_list()

    def move(self, steps: int) -> None:
        """Mark another row, so many below; above where negative."""
        self._keeps_cursor = True
        aimed = self.aimed
        row = aimed.neighbour(aimed.cursor, steps)
        self.roster.mark(row.conversation if row else None)
        self._screen.reveal(self.roster.cursor)
        self._screen.redraw_list()

    def choose(self) -> None:
        """Open the marked row."""
        self._open(self.aimed.marked)

    def end(self) -> None:
        """Show the whole list again, and go back to the open conversation; where none is, one is still to be chosen."""
        opened = self._talk.conversation
        self._uncover()
        self._screen.show_sought("")
        self.roster.seek("")
        if opened is not None:
            self.roster.cursor = opened
        self.is_finding = opened is None
        self._screen.reveal(opened)
        self._screen.turn()
        self._screen.focus()
        self._screen.redraw_list()

    # ---- within

    def _uncover(self) -> None:
        """Where one of them takes the other's place, what was to be seen before counts no more."""
        if self._screen.is_narrow:
            self.roster.turned()
            self._talk.turned()

    def _found_complete(self, is_complete: bool) -> None:
        self._keeps_cursor = self._keeps_cursor or is_complete

    def _answered(self, name: str, sought: str, conversation: ConversationId | None, error: ChatError | None) -> None:
        if error is not None:
            self._notices.complain(f"{clean_line(name)}: {error_text(error, self._language)}")
        elif conversation is not None and self.is_finding and self.roster.sought == sought:
            self._open(self.roster.row(conversation) or Row(conversation, name))
        else:
            self._notices.say(
                self._language.gettext("{name} was found: choose them in the list.").format(name=clean_line(name))
            )

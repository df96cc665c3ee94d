"""What a desk needs of a toolkit: to draw, to have the keyboard somewhere, and a field of text."""

from __future__ import annotations

from typing import Protocol

from ..domain.ids import ConversationId


class Screen(Protocol):
    """Shows the state of a desk, which it reads there when it draws; that may come later, and once for many calls."""

    @property
    def is_narrow(self) -> bool:
        """Whether list and conversation do not fit beside each other; `Choosing.is_finding` says which is shown."""

    @property
    def shows_list(self) -> bool:
        """Whether the list can be seen."""

    @property
    def shows_talk(self) -> bool:
        """Whether the open conversation can be seen, as it was drawn last."""

    def redraw_list(self) -> None:
        """The rows, what is sought among them or the row that is marked have changed."""

    def redraw_talk(self) -> None:
        """What is in view of the open conversation has changed. `Desk.drawn` is to be called when it has been drawn."""

    def redraw_bars(self) -> None:
        """What stands around them has changed: whose conversation it is, the connection, what there is to say."""

    def reveal(self, conversation: ConversationId | None) -> None:
        """Have the list scrolled so that this row is in view, where it does not follow by itself."""

    def turn(self) -> None:
        """Show what `Choosing.is_finding` says where there is room for one only, and a composer where one can write."""

    def focus(self) -> None:
        """Put the keyboard where `Choosing.is_finding` says: into the finder, or else into the composer."""

    def show_sought(self, text: str) -> None:
        """Have this in the finder, with the cursor behind it."""

    def copy(self, text: str) -> None:
        """Put a text into the clipboard."""

    def ring(self, title: str, words: str) -> None:
        """Call the person, who does not see what has come.

        `title` says from whom it is, `words` what. Both are safe to show.
        """

    def session_ended(self) -> None:
        """There is no session any more: `Desk.connection` tells why. The chat stays until `show_login`."""

    def show_login(self) -> None:
        """Go to the log-in."""

    def quit(self, words: str) -> None:
        """End the program; `words` are the last ones, empty where there is nothing to say. The session stays."""


class Pane(Protocol):
    """Where a conversation is drawn, in whatever the toolkit measures by: lines of a terminal, pixels of a window."""

    @property
    def height(self) -> int:
        """How high it is."""

    @property
    def line(self) -> int:
        """How high a line of text is."""

    def height_of(self, index: int) -> int:
        """Return how high the message at a place of the open conversation is, laid out for the present width."""


class Composer(Protocol):
    """The field in which messages are written. Whose draft is in it is no affair of its own."""

    @property
    def text(self) -> str:
        """What is written."""

    @property
    def unsent(self) -> str:
        """Everything that would be missed: what is written, and what the field keeps beside it."""

    def show(self, text: str) -> None:
        """Begin with this text, as if nothing had been written before."""

    def sent(self) -> None:
        """Begin anew: what is written was sent."""

    def give_back(self, text: str) -> None:
        """Put back what could not be sent, before what was written meanwhile."""

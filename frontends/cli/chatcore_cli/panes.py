"""The parts of the screen that draw themselves: the list, the conversation, the help."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.layout import UIContent, UIControl
from prompt_toolkit.mouse_events import MouseEvent, MouseEventType

from chatcore import ConversationId, Row
from chatcore.view.conversation_view import ItemKey
from chatcore.view.sentences import no_rows_text
from chatcore.view.stack import Stack
from chatcore.view.talk import WHEEL_LINES

from .cells import cut, width, wrap
from .desk import TerminalDesk
from .help import help_lines
from .painter import Column
from .press import Press
from .render import Line, row_lines

_BLANK: Line = [("", " ")]
"""A line on which prompt_toolkit says truly where the mouse is: what has no cell at all counts as another line."""


def _filled(lines: list[Line], height: int) -> list[Line]:
    return [*lines, *[_BLANK] * height][:height]


def _content(lines: list[Line]) -> UIContent:
    return UIContent(get_line=lines.__getitem__, line_count=len(lines), show_cursor=False)


class LinePane(UIControl):
    """A single line that depends on how wide it may be."""

    def __init__(self, draw: Callable[[int], Line]) -> None:
        self._draw = draw

    def create_content(self, width: int, height: int) -> UIContent:  # noqa: ARG002 - prompt_toolkit's signature
        """Draw the line."""
        return _content([self._draw(width)])


class LinesPane(UIControl):
    """As many lines as there are, none of them too."""

    def __init__(self, draw: Callable[[int], list[Line]]) -> None:
        self._draw = draw

    def preferred_height(
        self,
        width: int,
        max_available_height: int,  # noqa: ARG002 - prompt_toolkit's signature
        wrap_lines: bool,  # noqa: ARG002
        get_line_prefix: object,  # noqa: ARG002
    ) -> int:
        """Return how many there are."""
        return len(self._draw(width))

    def create_content(self, width: int, height: int) -> UIContent:  # noqa: ARG002 - prompt_toolkit's signature
        """Draw them."""
        return _content(self._draw(width))


class RosterPane(UIControl):
    """The list of users and conversations."""

    def __init__(self, desk: TerminalDesk) -> None:
        self._desk = desk
        self._top = 0
        self._followed: object = None
        "Where the row was that the list was last scrolled for; the wheel may leave it."
        self._sought = ""
        self._press: Press[Row] = Press(desk.mouse)

    def create_content(self, width: int, height: int) -> UIContent:
        """Draw the rows in view; the row that is chosen or open is always among them."""
        desk = self._desk
        rows = desk.choosing.roster.shown
        self._follow(desk.choosing.roster.cursor if desk.choosing.is_finding else desk.talk.conversation, height)
        lines: list[Line] = []
        edges = [0]
        for row in rows[self._top :]:
            lines += self._lines(row, width)
            edges.append(len(lines))
            if len(lines) >= height:
                break
        in_view = rows[self._top :][: len(edges) - 1]
        desk.choosing.drawn(Stack(tuple(row.conversation for row in in_view), tuple(edges)))
        return _content(_filled(lines if rows else self._empty(width), height))

    def mouse_handler(self, mouse_event: MouseEvent) -> object:
        """Open the row that is clicked; the wheel goes up and down."""
        match mouse_event.event_type:
            case MouseEventType.SCROLL_UP:
                self._wheel(-1)
            case MouseEventType.SCROLL_DOWN:
                self._wheel(1)
            case MouseEventType.MOUSE_DOWN | MouseEventType.MOUSE_UP | MouseEventType.MOUSE_MOVE:
                pressed = self._press.ended(mouse_event, self._desk.choosing.aimed.under)
                if pressed is None:
                    return NotImplemented
                self._desk.open(pressed)
        return None

    def _wheel(self, rows: int) -> None:
        self._top = min(max(0, self._top + rows), max(0, len(self._desk.choosing.roster.shown) - 1))
        self._desk.choosing.turned()

    def reveal(self) -> None:
        """Have the marked or open row in view again, wherever the wheel has led."""
        self._followed = None

    def _follow(self, conversation: ConversationId | None, height: int) -> None:
        """Scroll as little as possible so that the row is in view, and nothing but rows where there are enough.

        What is found is shown from the top.
        """
        shown, sought = self._desk.choosing.roster.shown, self._desk.choosing.roster.sought
        if sought != self._sought:
            self._sought, self._top, self._followed = sought, 0, None
        self._top = min(self._top, self._top_above(shown, len(shown) - 1, height))
        place = self._desk.choosing.roster.sight.place(conversation)
        if place is None or self._followed == (conversation, place, height):
            return
        self._followed = conversation, place, height
        self._top = min(max(self._top, self._top_above(shown, place, height)), place)

    def _height(self, row: Row) -> int:
        """Return how many lines a row takes."""
        return 2 if row.last or row.unread or self._desk.viewer.draft_of(row.conversation) else 1

    def _top_above(self, rows: list[Row], place: int, height: int) -> int:
        """Return the first row of the view that has the row at a place at its bottom; rows take one line or two."""
        top = max(0, place)
        room = height - sum(map(self._height, rows[top : place + 1]))
        while top > 0 and room >= self._height(rows[top - 1]):
            top -= 1
            room -= self._height(rows[top])
        return top

    def _lines(self, row: Row, cells: int) -> list[Line]:
        desk = self._desk
        found = desk.choosing.is_finding and row.conversation == desk.choosing.roster.cursor
        selected = row.conversation == desk.talk.conversation
        return row_lines(desk.viewer.line(row), cells, selected=selected, found=found)

    def _empty(self, cells: int) -> list[Line]:
        text = no_rows_text(has_rows=bool(self._desk.choosing.roster.rows), language=self._desk.language)
        return [[("class:dim", f" {line}")] for line in wrap(text, cells - 2)]


class TalkPane(UIControl):
    """The open conversation, or what to do where none is."""

    def __init__(self, desk: TerminalDesk, column: Column) -> None:
        self._desk, self._column = desk, column
        self._press: Press[ItemKey] = Press(desk.mouse)
        self.is_drawn = False
        "Whether the last drawing of the screen had the conversation in it, not something in its place."

    def create_content(self, width: int, height: int) -> UIContent:
        """Draw what is in view; short conversations stand at the bottom, as in every chat."""
        self._column.width, self._column.height = width, height
        self.is_drawn = height > 0
        lines = self._column.lines(self._desk.talk.draw(0))
        if not lines:
            return _content(self._placeholder(width, height))
        return _content([_BLANK for _ in range(height - len(lines))] + lines)

    def mouse_handler(self, mouse_event: MouseEvent) -> object:
        """The wheel scrolls, a click picks a message."""
        match mouse_event.event_type:
            case MouseEventType.SCROLL_UP:
                self._desk.talk.wheel(1)
            case MouseEventType.SCROLL_DOWN:
                self._desk.talk.wheel(-1)
            case MouseEventType.MOUSE_DOWN | MouseEventType.MOUSE_UP | MouseEventType.MOUSE_MOVE:
                pressed = self._press.ended(mouse_event, self._desk.talk.aimed.under)
                if pressed is None:
                    return NotImplemented
                self._desk.talk.press(pressed)
        return None

    def _placeholder(self, cells: int, height: int) -> list[Line]:
        say = self._desk.language.gettext
        texts = [self._desk.talk.empty_text]
        if self._desk.view is None:
            texts = [say("Choose somebody in the list: ↑ ↓ and Enter."), say("Write a part of a name to find it.")]
            texts += ["", say("F1 shows all keys.")]
        lines = [line for text in texts for line in wrap(text, cells - 4)]
        above: list[Line] = [[] for _ in range(max(0, (height - len(lines)) // 2))]
        return [*above, *(_centred(line, cells) for line in lines)]


class HelpPane(UIControl):
    """The keys and commands."""

    def __init__(self, desk: TerminalDesk) -> None:
        self._desk = desk

    def is_focusable(self) -> bool:
        """Take the keyboard: what cannot be seen below is not written on."""
        return True

    def create_content(self, width: int, height: int) -> UIContent:
        """Draw the part in view."""
        lines = help_lines(self._desk.language, width)
        self._desk.help_top = min(self._desk.help_top, max(0, len(lines) - height))
        return _content(lines[self._desk.help_top :][:height])

    def mouse_handler(self, mouse_event: MouseEvent) -> object:
        """The wheel scrolls."""
        steps = {MouseEventType.SCROLL_UP: -WHEEL_LINES, MouseEventType.SCROLL_DOWN: WHEEL_LINES}.get(
            mouse_event.event_type
        )
        if steps is None:
            return NotImplemented
        self._desk.scroll_help(steps)
        return None


def _centred(text: str, cells: int) -> Line:
    return [("class:dim", " " * max(0, (cells - width(text)) // 2) + cut(text, cells))]

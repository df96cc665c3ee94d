"""All keys in one table, from which the bindings and the help are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import partial
from itertools import chain

import attrs
from prompt_toolkit.filters import Condition, FilterOrBool
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from chatcore.view.language import gettext_noop as _
from chatcore.view.layouts import written_by

from .desk import TerminalDesk
from .keystroke import Keystroke
from .pasting import Pasting, line_end
from .slash_commands import enter, obey_alone
from .terminal import FOCUS_GAINED, FOCUS_LOST


class When(Enum):
    """In which state of the desk a key is bound."""

    ALWAYS = "always"
    TALKING = "talking"
    "The cursor is in the composer."
    EMPTY = "empty"
    "The same, and nothing is written."
    FINDING = "finding"
    "The cursor is in the list."
    HELPING = "helping"
    "The help is in view."


@attrs.frozen
class Key:
    """A key and what it does."""

    shown: str
    "What it is called; empty where the help does not name it."
    strokes: tuple[Keystroke, ...]
    "Each of these; none where the line only tells of a key that the composer has by itself."
    act: Callable[[TerminalDesk], None]
    does: str = ""
    "What it does, in English."
    when: When = When.ALWAYS


@attrs.frozen
class Section:
    """Keys that belong together."""

    title: str
    keys: tuple[Key, ...]


def _nothing(_desk: TerminalDesk) -> None:
    pass


def _scroll_help(lines: int) -> Callable[[TerminalDesk], None]:
    return lambda desk: desk.scroll_help(lines)


def _step(rows: int) -> Callable[[TerminalDesk], None]:
    return lambda desk: desk.choosing.step(rows)


def _move(rows: int) -> Callable[[TerminalDesk], None]:
    return lambda desk: desk.choosing.move(rows)


def _next_unread(desk: TerminalDesk) -> None:
    desk.choosing.open_unread()


def _find(desk: TerminalDesk) -> None:
    desk.choosing.find()


def _place(number: int) -> Key:
    return Key("", (("escape", str(number)),), lambda desk: desk.choosing.open_place(number))


KEYS = (
    Section(
        _("Conversations"),
        (
            Key("Ctrl+N, Alt+↓", (("c-n",), ("escape", "down")), _step(1), _("next conversation")),
            Key("Ctrl+P, Alt+↑", (("c-p",), ("escape", "up")), _step(-1), _("previous conversation")),
            Key("Alt+A", (("escape", "a"),), _next_unread, _("next conversation with unread messages")),
            Key("Alt+1 … 9", (), _nothing, _("conversation at this place of the list")),
            *map(_place, range(1, 10)),
            Key("Ctrl+F", (("c-f",),), _find, _("choose in the list: write a part of the name, ↑ ↓, Enter")),
            Key("", (("up",), ("c-p",), ("escape", "up")), _move(-1), when=When.FINDING),
            Key("", (("down",), ("c-n",), ("escape", "down")), _move(1), when=When.FINDING),
            Key("", (("pageup",),), _move(-10), when=When.FINDING),
            Key("", (("pagedown",),), _move(10), when=When.FINDING),
        ),
    ),
    Section(
        _("Messages"),
        (
            Key("PgUp, PgDn", (("pageup",),), lambda desk: desk.talk.page(1), _("older and newer messages")),
            Key("", (("pagedown",),), lambda desk: desk.talk.page(-1)),
            Key("Ctrl+End", (("c-end",),), lambda desk: desk.talk.to_newest(), _("newest message (also End)")),
            Key("", (("end",),), lambda desk: desk.talk.to_newest(), when=When.EMPTY),
            Key("Ctrl+Home", (("c-home",),), lambda desk: desk.talk.to_oldest(), _("first message of all")),
            Key("Alt+U", (("escape", "u"),), lambda desk: desk.to_unread(), _("first unread message")),
            Key(
                "Alt+E",
                (("escape", "e"),),
                lambda desk: desk.read_all(),
                _("mark all messages of the conversation as read"),
            ),
            Key("Ctrl+↑, Ctrl+↓", (("c-up",),), lambda desk: desk.talk.pick(1), _("pick a message")),
            Key("", (("c-down",),), lambda desk: desk.talk.pick(-1)),
            Key("Alt+C", (("escape", "c"),), lambda desk: desk.copy(), _("copy the picked message, or the newest")),
            Key("Alt+R", (("escape", "r"),), lambda desk: desk.writing.retry(), _("send a refused message again")),
            Key("Alt+X", (("escape", "x"),), lambda desk: desk.writing.discard(), _("throw a refused message away")),
        ),
    ),
    Section(
        _("Writing"),
        (
            Key("Enter", (("enter",),), enter, _("send")),
            Key(
                "Alt+Enter",
                (("escape", "enter"), ("c-j",)),
                lambda desk: desk.composer.buffer.newline(copy_margin=False),
                _("new line"),
                When.TALKING,
            ),
            Key(
                "Tab",
                (("tab",),),
                lambda desk: desk.composer.complete(),
                _("complete names and commands"),
                When.TALKING,
            ),
            Key("", (("c-h",),), lambda desk: desk.composer.erase(), when=When.TALKING),
            Key("Alt+V", (("escape", "v"),), TerminalDesk.edit, _("write on in your own editor"), When.TALKING),
            # In a shell these two take the line away.
            Key("", (("c-o",), ("escape", "#")), _nothing),
            Key("↑ ↓", (), _nothing, _("move in the text; past its edge: what was sent before")),
            Key("Ctrl+A E K U W Y", (), _nothing, _("as in the shell")),
            Key("Ctrl+C", (("c-c",),), TerminalDesk.interrupt, _("throw away what is written")),
        ),
    ),
    Section(
        _("Program"),
        (
            Key("F1", (("f1",),), TerminalDesk.help, _("this help")),
            Key("Esc", (("escape",),), TerminalDesk.escape, _("close the help or the search; let go of a message")),
            Key(
                "Alt+M", (("escape", "m"),), TerminalDesk.switch_mouse, _("give the mouse to the terminal, or take it")
            ),
            Key("Ctrl+L", (), _nothing, _("draw the screen anew")),
            Key("Ctrl+Z", (("c-z",),), TerminalDesk.stop, _("stop; `fg` in the shell goes on")),
            Key(
                "Alt+L",
                (("escape", "l"),),
                TerminalDesk.log_in,
                _("try at once to connect, or log in again"),
            ),
            Key("Ctrl+Q", (("c-q",),), TerminalDesk.quit, _("leave")),
            Key("", ((FOCUS_GAINED,),), lambda desk: desk.focus_reported(has_focus=True)),
            Key("", ((FOCUS_LOST,),), lambda desk: desk.focus_reported(has_focus=False)),
            Key("", (("up",),), _scroll_help(-1), when=When.HELPING),
            Key("", (("down",),), _scroll_help(1), when=When.HELPING),
            Key("", (("pageup",),), _scroll_help(-10), when=When.HELPING),
            Key("", (("pagedown",), (" ",)), _scroll_help(10), when=When.HELPING),
        ),
    ),
)


def bindings(desk: TerminalDesk, own: Mapping[Keystroke, str]) -> KeyBindings:
    """Bind the keys of the table to a desk, and somebody's own keys to the commands that they want done."""
    bound = KeyBindings()
    for section in KEYS:
        for key in section.keys:
            for stroke in chain.from_iterable(map(_on_all_layouts, key.strokes)):
                bound.add(*stroke, filter=_filter(key.when, desk))(_call(key.act, desk))
    _bind_text(bound, desk)
    for stroke, command in own.items():
        for written in _on_all_layouts(stroke):
            bound.add(*written)(_call(partial(obey_alone, command), desk))
    return bound


def _on_all_layouts(stroke: Keystroke) -> Iterator[Keystroke]:
    """Return what a terminal sends for Alt and a letter on each layout, with Caps Lock too; Control has one form."""
    *before, last = stroke
    for char in written_by(last) if before == ["escape"] and len(last) == 1 and last.isalpha() else (last,):
        yield (*before, char)


def _filter(when: When, desk: TerminalDesk) -> FilterOrBool:
    match when:
        case When.ALWAYS:
            return True
        case When.TALKING:
            return Condition(lambda: not desk.choosing.is_finding and not desk.is_helping)
        case When.EMPTY:
            return Condition(lambda: not desk.written and not desk.is_helping)
        case When.FINDING:
            return Condition(lambda: desk.choosing.is_finding and not desk.is_helping)
        case When.HELPING:
            return Condition(lambda: desk.is_helping)


def _call(act: Callable[[TerminalDesk], None], desk: TerminalDesk) -> Callable[[KeyPressEvent], None]:
    return lambda _event: act(desk)


def _bind_text(bound: KeyBindings, desk: TerminalDesk) -> None:
    """Bind what brings text with it. Enter and Tab within a pasted text are text as well."""
    pasting = Pasting(desk.monotonic)
    writing = Condition(lambda: not desk.is_helping)
    bound.add(Keys.BracketedPaste)(lambda event: desk.paste(event.data))
    bound.add("enter", filter=writing & Condition(pasting.has_line_end))(lambda _event: desk.paste(line_end()))
    bound.add("tab", filter=writing & Condition(pasting.has_tab))(lambda _event: desk.paste("\t"))

"""All keys in one table, from which the bindings and the help are made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING

import attrs

from chatcore.view.language import gettext_noop as _

from .letters import meant

if TYPE_CHECKING:  # the documentation reads the table where there is no tkinter
    import tkinter as tk

    from .actions import Actions

TAG = "ChatcoreKeys"

_is_letter = re.compile("<((?:Control|Alt|Shift|-)+)-(?:Key-)?([a-z0-9])>").fullmatch
"A sequence of modifiers with a letter or a digit. Tk would compare it with what the key writes."

_STANDARD = {"a": "SelectAll", "c": "Copy", "v": "Paste", "x": "Cut", "y": "Redo", "z": "Undo"}
"What a letter with Control does in fields of text, as Tk calls it."

_SHIFT = 1
"The bit of a key event's state."


class Where(Enum):
    """Which widget has the keyboard."""

    ANY = "any"
    COMPOSER = "composer"
    FILTER = "filter"


@attrs.frozen
class Key:
    """A key and what it does."""

    shown: str
    "What it is called; empty where the help does not name it."
    sequences: tuple[str, ...]
    "As Tk names them."
    act: Callable[[Actions], object]
    "Gives False where the key is to do what it does by itself."
    does: str = ""
    "What it does, in English."
    where: Where = Where.ANY
    begins: str = ""
    "The title of the section of the help that begins with it, in English."


def _place(number: int) -> Key:
    return Key("", (f"<Control-Key-{number}>", f"<Alt-Key-{number}>"), lambda do: do.desk.choosing.open_place(number))


KEYS = (
    Key(
        "Ctrl+Tab",
        ("<Control-Tab>", "<Alt-Down>"),
        lambda do: do.desk.choosing.step(1),
        _("next conversation"),
        begins=_("Conversations"),
    ),
    Key(
        "Ctrl+Shift+Tab",
        ("<Control-Shift-Tab>", "<Control-ISO_Left_Tab>", "<Alt-Up>"),
        lambda do: do.desk.choosing.step(-1),
        _("previous conversation"),
    ),
    Key("Ctrl+1 … 9", (), lambda _do: None, _("conversation at this place of the list")),
    *map(_place, range(1, 10)),
    Key("Alt+A", ("<Alt-a>",), lambda do: do.desk.choosing.open_unread(), _("next conversation with unread messages")),
    Key(
        "Ctrl+F",
        ("<Control-f>",),
        lambda do: do.desk.choosing.find(),
        _("choose in the list: write a part of the name, ↑ ↓, Enter"),
    ),
    Key("", ("<Up>",), lambda do: do.desk.choosing.move(-1), where=Where.FILTER),
    Key("", ("<Down>",), lambda do: do.desk.choosing.move(1), where=Where.FILTER),
    Key("", ("<Return>", "<KP_Enter>"), lambda do: do.desk.choosing.choose(), where=Where.FILTER),
    Key("Enter", ("<Return>", "<KP_Enter>"), lambda do: do.desk.send(), _("send"), Where.COMPOSER, _("Writing")),
    Key(
        "Shift+Enter",
        ("<Shift-Return>", "<Alt-Return>", "<Control-Return>"),
        lambda do: do.screen.composer.new_line(),
        _("new line"),
        Where.COMPOSER,
    ),
    Key(":tada:", (), lambda _do: None, _("an emoji by its name, when the message is sent")),
    Key(
        "PgUp, PgDn",
        ("<Prior>",),
        lambda do: do.desk.talk.page(1),
        _("older and newer messages"),
        begins=_("Messages"),
    ),
    Key("", ("<Next>",), lambda do: do.desk.talk.page(-1)),
    Key("Ctrl+End", ("<Control-End>",), lambda do: do.desk.talk.to_newest(), _("newest message (also End)")),
    Key("", ("<End>",), lambda do: do.end_pressed(), where=Where.COMPOSER),
    Key("Ctrl+Home", ("<Control-Home>",), lambda do: do.desk.talk.to_oldest(), _("first message of all")),
    Key("Ctrl+G", ("<Control-g>",), lambda do: do.ask_for_day(), _("go to a day")),
    Key("Alt+U", ("<Alt-u>",), lambda do: do.desk.to_unread(), _("first unread message")),
    Key("Alt+E", ("<Alt-e>",), lambda do: do.desk.read_all(), _("mark all messages of the conversation as read")),
    Key("Ctrl+↑, Ctrl+↓", ("<Control-Up>",), lambda do: do.desk.talk.pick(1), _("pick a message")),
    Key("", ("<Control-Down>",), lambda do: do.desk.talk.pick(-1)),
    Key("Ctrl+Shift+C", ("<Control-Shift-c>",), lambda do: do.desk.copy(), _("copy the picked message, or the newest")),
    Key("", ("<Control-c>",), lambda do: do.copy_pressed(), where=Where.COMPOSER),
    Key("Alt+R", ("<Alt-r>",), lambda do: do.desk.writing.retry(), _("send a refused message again")),
    Key("Alt+X", ("<Alt-x>",), lambda do: do.desk.writing.discard(), _("throw a refused message away")),
    Key(
        "Ctrl+Plus, Ctrl+Minus",
        ("<Control-plus>", "<Control-equal>", "<Control-KP_Add>"),
        lambda do: do.resize(1),
        _("larger or smaller text"),
        begins=_("Program"),
    ),
    Key("", ("<Control-minus>", "<Control-KP_Subtract>"), lambda do: do.resize(-1)),
    Key("Ctrl+T", ("<Control-t>",), lambda do: do.switch_theme(), _("light or dark")),
    Key(
        "Alt+L",
        ("<Alt-l>",),
        lambda do: do.desk.connect(),
        _("try at once to connect, or log in again"),
    ),
    Key("F10", ("<F10>",), lambda do: do.show_menu(), _("menu")),
    Key("F1", ("<F1>",), lambda do: do.help(), _("this help")),
    Key("Esc", ("<Escape>",), lambda do: do.desk.escape(), _("close the help or the search; let go of a message")),
    Key("Ctrl+Q", ("<Control-q>",), lambda do: do.quit(), _("leave")),
)


def bind(actions: Actions, anywhere: Iterable[tk.Misc]) -> None:
    """Bind the keys: those for any widget before all else that the widgets `anywhere` do with them."""
    screen = actions.screen
    places = {Where.COMPOSER: screen.composer.field, Where.FILTER: screen.filter}
    letters: dict[tuple[str, str, str], Key] = {}
    for key in KEYS:
        for sequence in key.sequences:
            place = str(places[key.where]) if key.where is not Where.ANY else ""
            if found := _is_letter(sequence):
                letters[place, found[1], found[2]] = key
            elif key.where is Where.ANY:
                screen.bind_class(TAG, sequence, _call(key.act, actions))
            else:
                places[key.where].bind(sequence, _call(key.act, actions))
    for modifiers in sorted({modifiers for _place, modifiers, _letter in letters}):
        screen.bind_class(TAG, f"<{modifiers}-Key>", _call_letter(letters, modifiers, actions))
    # AltGr on Windows: it writes letters.
    screen.bind_class(TAG, "<Control-Alt-Key>", lambda _event: None)
    for widget in anywhere:
        widget.bindtags((TAG, *widget.bindtags()))


def bind_standard(root: tk.Misc) -> None:
    """Have copying, pasting and taking back work in all fields of text on any layout, as Tk has it on Latin ones."""
    system = str(root.tk.call("tk", "windowingsystem"))

    def call(event: tk.Event[tk.Misc]) -> str | None:
        name = _STANDARD.get(meant(event, system))
        if name is None:
            return None
        event.widget.event_generate("<<Redo>>" if name == "Undo" and int(event.state) & _SHIFT else f"<<{name}>>")
        return "break"

    for kind in ("TEntry", "Text"):
        root.bind_class(kind, "<Control-Key>", call)  # those that Tk knows are more specific, and come first
        for sequence in ("<Control-a>", "<Control-Lock-A>"):  # which go to the beginning of the line
            root.bind_class(kind, sequence, call)


def bind_quit(root: tk.Misc, quit_: Callable[[], None]) -> None:
    """Have Ctrl+Q leave where the table is not bound, too: in the log-in, and in windows beside this one."""
    system = str(root.tk.call("tk", "windowingsystem"))
    root.bind_all("<Control-Key>", lambda event: quit_() if meant(event, system) == "q" else None)


def _call_letter(
    letters: Mapping[tuple[str, str, str], Key], modifiers: str, actions: Actions
) -> Callable[[tk.Event[tk.Misc]], str | None]:
    system = str(actions.screen.tk.call("tk", "windowingsystem"))

    def call(event: tk.Event[tk.Misc]) -> str | None:
        letter = meant(event, system)
        for place in (str(event.widget), ""):
            key = letters.get((place, modifiers, letter))
            if key is not None and key.act(actions) is not False:
                return "break"
        return None

    return call


def _call(act: Callable[[Actions], object], actions: Actions) -> Callable[[tk.Event[tk.Misc]], str | None]:
    def call(_event: tk.Event[tk.Misc]) -> str | None:
        return None if act(actions) is False else "break"

    return call

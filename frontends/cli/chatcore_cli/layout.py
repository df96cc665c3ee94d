"""Where on the screen everything is: list and conversation beside each other, or one at a time where it is narrow."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.layout import (
    BufferControl,
    CompletionsMenu,
    ConditionalContainer,
    Dimension,
    Float,
    FloatContainer,
    HSplit,
    VSplit,
    Window,
)
from prompt_toolkit.layout.processors import AfterInput, ConditionalProcessor, TabsProcessor

from .bars import header, notice, rule, status
from .desk import TerminalDesk
from .panes import HelpPane, LinePane, LinesPane, RosterPane, TalkPane
from .render import Line
from .steady_input import SteadyProcessor
from .word_wrap import WordWrap

NARROW = 60
"""With fewer columns the list and the conversation are shown one at a time."""

_INDENT = "   "
"""Before each line of what is being written."""


def arranged(
    desk: TerminalDesk, roster: RosterPane, talk: TalkPane, help_: HelpPane, columns: Callable[[], int]
) -> HSplit:
    """Put the panes together with finder, composer and bars. `columns` tells how wide the terminal is."""
    helping = Condition(lambda: desk.is_helping)
    narrow = Condition(lambda: columns() < NARROW)
    finding = Condition(lambda: desk.choosing.is_finding)
    chat = VSplit(
        [
            ConditionalContainer(_list(desk, roster, columns), ~narrow | finding),
            ConditionalContainer(Window(width=1, char="│", style="class:rule"), ~narrow),
            ConditionalContainer(_conversation(desk, talk), ~narrow | ~finding),
        ]
    )
    body = HSplit([ConditionalContainer(chat, ~helping), ConditionalContainer(Window(help_), helping)])
    menu = Float(CompletionsMenu(max_height=8), xcursor=True, ycursor=True)
    # The menu floats over what is above the status line only: so a short one does not cover that.
    said = Window(LinesPane(lambda cells: notice(desk, cells)), dont_extend_height=True)
    return HSplit([FloatContainer(body, [menu]), said, _bar(lambda cells: status(desk, cells))])


def _list(desk: TerminalDesk, roster: RosterPane, columns: Callable[[], int]) -> HSplit:
    say = desk.language.gettext
    hint = _placeholder(desk.finder, lambda: "" if desk.choosing.is_finding else say("Ctrl+F: find"))
    finder = Window(
        BufferControl(desk.finder, input_processors=[SteadyProcessor(), hint]),
        height=1,
        style="class:header",
        get_line_prefix=lambda _line, _wrap: [
            ("class:prompt", f" {say('Find: ')}" if desk.choosing.is_finding else " ")
        ],
    )
    return HSplit([finder, Window(roster)], width=lambda: _list_width(columns()))


def _list_width(columns: int) -> Dimension:
    return Dimension.exact(columns if columns < NARROW else min(max(columns * 3 // 10, 22), 40))


def _conversation(desk: TerminalDesk, talk: TalkPane) -> HSplit:
    buffer = desk.composer.buffer
    tabs, hint = TabsProcessor(char1=" ", char2=" "), _placeholder(buffer, lambda: _write_hint(desk))
    composer = Window(
        BufferControl(buffer, input_processors=[SteadyProcessor(), tabs, hint, WordWrap(len(_INDENT))]),
        height=Dimension(min=1, max=8),
        wrap_lines=True,
        dont_extend_height=True,
        get_line_prefix=lambda line, wrap: [
            ("class:prompt", _INDENT if line or wrap or desk.conversation is None else " > ")
        ],
    )
    return HSplit(
        [_bar(lambda cells: header(desk, cells)), Window(talk), _bar(lambda cells: rule(desk, cells)), composer]
    )


def _placeholder(buffer: Buffer, hint: Callable[[], str]) -> ConditionalProcessor:
    text = AfterInput(lambda: [("class:dim", hint())])
    return ConditionalProcessor(text, Condition(lambda: not buffer.text))


def _write_hint(desk: TerminalDesk) -> str:
    if desk.name is None:
        return ""
    return desk.cannot_write or desk.language.gettext("Write to {name}").format(name=desk.name)


def _bar(draw: Callable[[int], Line]) -> Window:
    return Window(LinePane(draw), height=1)

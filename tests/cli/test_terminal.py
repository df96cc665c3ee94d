"""What a terminal is asked for beyond cells, and what it tells."""

from collections.abc import Iterator

import pytest
from chatcore_cli import terminal
from prompt_toolkit.application import get_app_session
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.output import ColorDepth, DummyOutput, Output

from tests.cli.emulator import FOCUS_IN, FOCUS_OUT, Glass, session


@pytest.fixture
def screen() -> Iterator[tuple[Output, Glass]]:
    with session(80, 24, ColorDepth.DEPTH_24_BIT) as (_, glass):
        yield get_app_session().output, glass


def test_what_was_asked_for_is_taken_back(screen: tuple[Output, Glass]) -> None:
    output, glass = screen
    terminal.begin(output)
    terminal.end(output)

    assert glass.raw == "\x1b[22;2t\x1b[?1004h" + "\x1b[?1004l\x1b[23;2t"


def test_a_text_goes_into_the_clipboard_whatever_its_letters(screen: tuple[Output, Glass]) -> None:
    output, glass = screen

    terminal.set_clipboard(output, "zażółć\n")

    assert glass.raw == "\x1b]52;c;emHFvMOzxYLEhwo=\x07"


def test_reports_of_the_focus_are_keys_that_no_keyboard_sends() -> None:
    keys: list[KeyPress] = []
    terminal.know_focus_reports()
    parser = Vt100Parser(keys.append)

    parser.feed(f"{FOCUS_IN}a{FOCUS_OUT}")

    assert [key.key for key in keys] == [terminal.FOCUS_GAINED, "a", terminal.FOCUS_LOST]


def test_the_colours_that_a_terminal_has_are_used_from_then_on(screen: tuple[Output, Glass]) -> None:
    output, _ = screen

    terminal.use_colours(output, ColorDepth.DEPTH_4_BIT)
    terminal.use_colours(output, None)
    assert output.get_default_color_depth() is ColorDepth.DEPTH_4_BIT

    terminal.use_colours(DummyOutput(), ColorDepth.DEPTH_4_BIT)
    assert DummyOutput().get_default_color_depth() is ColorDepth.DEPTH_1_BIT

"""What the chat needs of a terminal beyond cells, and the escape sequences for it."""

from __future__ import annotations

import base64
from enum import Enum
from typing import Protocol

from prompt_toolkit.input.ansi_escape_sequences import ANSI_SEQUENCES
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.output.vt100 import Vt100_Output

from chatcore.view.screen import Screen


class Outcome(Enum):
    """Why the chat's screen was left."""

    QUIT = "quit"
    LOGGED_OUT = "logged out"
    "The user asked for it, or the session has ended; `client.connection` tells why."


class Terminal(Screen, Protocol):
    """What the desk needs of the terminal beside what it needs of every screen."""

    def switch_layout(self) -> None:
        """Go from bubbles to compact lines, or back."""

    def edit(self) -> None:
        """Have what is being written edited in the person's own editor."""

    def ask_for_password(self) -> None:
        """Ask for another password, in place of the chat."""

    def switch_quiet(self) -> bool:
        """Call the user no more, or again; return whether it is quiet now."""

    def stop(self) -> None:
        """Leave the terminal to the shell until it lets the program go on."""


# The terminal tells that it got or lost the focus with ESC [ I and ESC [ O (xterm's control sequences, mode 1004).
# prompt_toolkit has no keys for that, so two are taken that no keyboard sends.
FOCUS_GAINED = Keys.ControlF23
FOCUS_LOST = Keys.ControlF24


def know_focus_reports() -> None:
    """Have prompt_toolkit read focus reports as keys, not as text."""
    ANSI_SEQUENCES["\x1b[I"] = FOCUS_GAINED
    ANSI_SEQUENCES["\x1b[O"] = FOCUS_LOST


def begin(output: Output) -> None:
    """Switch focus reports on and put the window's title aside."""
    output.write_raw("\x1b[22;2t\x1b[?1004h")
    output.flush()


def end(output: Output) -> None:
    """Switch focus reports off and bring the window's own title back."""
    output.write_raw("\x1b[?1004l\x1b[23;2t")
    output.flush()


def use_colours(output: Output, depth: ColorDepth | None) -> None:
    """Have all that is shown from now on keep to this many colours; None leaves it to the library."""
    if depth is not None and isinstance(output, Vt100_Output):
        output.default_color_depth = depth


def set_clipboard(output: Output, text: str) -> None:
    """Ask the terminal to take a text into its clipboard (OSC 52)."""
    output.write_raw(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07")
    output.flush()

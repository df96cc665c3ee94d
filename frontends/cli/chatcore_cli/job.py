"""The program as a job of the shell: it can be stopped and go on, and its terminal may vanish."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from prompt_toolkit.application import create_app_session, get_app_or_none
from prompt_toolkit.application.run_in_terminal import in_terminal
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyPress

from chatcore.process import streams
from chatcore.process.signals import HANGUP, outlived

STOP = "SIGTSTP"
"""What asks a program to stop until it is told to go on; systems without jobs have no such signal."""

GO_ON = "SIGCONT"

EVERYONE = 0
"""For `kill`: all programs of the job."""

PutAway = Callable[[], AbstractContextManager[None]]
"""Takes from the terminal, while in the block, what the screen has asked of it beside its own cells."""


if sys.platform == "win32":

    def _keyboard() -> Input | None:
        return None

else:
    from prompt_toolkit.input.vt100 import Vt100Input

    class Keyboard(Vt100Input):
        """The terminal's keyboard, which is closed when the terminal has gone: the library would ask it for ever."""

        def read_keys(self) -> list[KeyPress]:
            """Return the keys that were pressed."""
            keys = super().read_keys()
            if not keys and not os.isatty(self.fileno()):
                self.stdin_reader.closed = True
            return keys

    def _keyboard() -> Input | None:
        return Keyboard(sys.stdin)


async def stop(put_away: PutAway = nullcontext, *, whom: int = EVERYONE) -> None:
    """Leave the terminal to the shell as it was, stop, and draw the screen anew when told to go on."""
    number = getattr(signal, STOP, None)
    if number is None:
        return
    async with in_terminal():
        with put_away():
            former = signal.signal(number, signal.SIG_DFL)
            os.kill(whom, number)  # here time passes
            signal.signal(number, former)


def go_on() -> None:
    """Take the terminal again after a stop that nobody announced; the shell has used it meanwhile."""
    app = get_app_or_none()
    if app is not None and app.is_running:
        app.input.raw_mode().__enter__()  # that it was left before is nowhere written
        app.renderer.reset()
        app.invalidate()


@contextmanager
def on_terminal() -> Iterator[None]:
    """Use the terminal of the standard streams for all screens of the block; where it vanishes they raise EOFError."""
    with outlived((HANGUP,)), create_app_session(input=_keyboard()):
        yield


@contextmanager
def without_a_word(act: Callable[[], object]) -> Iterator[None]:
    """Have `act` called where standard output takes no more while in the block, and nothing raised."""
    output = streams.output()
    if output is None:
        yield
        return
    former, output.when_lost = output.when_lost, lambda _lost: act()
    try:
        yield
    finally:
        output.when_lost = former

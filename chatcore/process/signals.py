"""Signals, where the system has them, and whether the terminal is still there that a program was started from."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

ENDS = ("SIGTERM", "SIGBREAK")
"""The signals that ask a program to end; the second one is Windows'."""

INTERRUPT = "SIGINT"

HANGUP = "SIGHUP"

_IGNORABLE = ("SIGHUP", "SIGTSTP")
"""Those that a program may have been told to ignore by whoever starts it: `nohup`, and a shell without jobs."""


@contextmanager
def handled(names: tuple[str, ...], act: Callable[[], object]) -> Iterator[None]:
    """Have the running loop call `act` for each of these signals while in the block.

    One that the system does not have never comes. A hang-up or stop that was to be ignored at the start is ignored.
    """
    with ExitStack() as stack:
        for number in _present(names):
            stack.enter_context(_handled(number, act))
        yield


@contextmanager
def caught(names: tuple[str, ...], act: Callable[[], object], waker: int | None) -> Iterator[None]:
    """Have `act` called for each of these signals by a program that is not asyncio's, in its main thread.

    A byte goes to the descriptor `waker`: the program may wait where Python does not run. It must not block.
    """
    with ExitStack() as stack:
        if waker is not None:
            stack.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(waker, warn_on_full_buffer=False))
        for number in _present(names):
            former = signal.signal(number, lambda *_: act())
            stack.callback(signal.signal, number, signal.SIG_DFL if former is None else former)
        yield


@contextmanager
def outlived(names: tuple[str, ...]) -> Iterator[None]:
    """Let none of these signals kill the program in the block, nor behind it: it ends already, and in good order.

    A shell may hand a hang-up on when the program has seen by itself that its terminal has gone. One that is handled
    within the block still is; programs that are started there inherit nothing.
    """
    present = tuple(_present(names))
    for number in present:
        signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number in present:
            signal.signal(number, signal.SIG_IGN)  # Python's own would be gone before the process is


def _present(names: tuple[str, ...]) -> Iterator[signal.Signals]:
    """Return the signals that the system has and that are not to be ignored."""
    for number in filter(None, (getattr(signal, name, None) for name in names)):
        if number.name not in _IGNORABLE or signal.getsignal(number) is not signal.SIG_IGN:
            yield number


@contextmanager
def _handled(number: signal.Signals, act: Callable[[], object]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    former = signal.getsignal(number)
    try:
        loop.add_signal_handler(number, act)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(act))
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL if former is None else former)


def has_terminal() -> bool:
    """Return whether the terminal is there from which this process was started; of most services there never is one."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | getattr(os, "O_NOCTTY", 0))
    except OSError:
        return False
    os.close(terminal)
    return True

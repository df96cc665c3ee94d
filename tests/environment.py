"""What the suite and the programs it starts see of the environment: the same, whatever its caller has exported."""

import locale
import logging
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from chatcore_server.logs import OWN

KEPT = ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "CI")
"""Where programs and libraries are, where there is room, and that nobody is watching."""

OF_TOOLS = ("PYTEST_", "COVERAGE_")
"""How the names begin of what the tools that run the suite tell each other."""


def plain(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return the environment of a machine that nobody has set up, at the home of somebody who has no settings.

    Not a list of what is dropped: there is always one variable more that changes what a program does.
    """
    kept = {name: value for name, value in environ.items() if name in KEPT or name.startswith(OF_TOOLS)}
    return kept | {"HOME": str(home), "LANG": "C.UTF-8", "TZ": "UTC"}


def enter(home: Path) -> None:
    """Make this process's own environment plain, and with it that of all that it starts."""
    inside = plain(os.environ, home)
    os.environ.clear()
    os.environ.update(inside)
    _hear()
    time.tzset()
    locale.setlocale(locale.LC_ALL, "C.UTF-8")


def heard() -> dict[int, object]:
    """Return what becomes of each signal that ends or stops a program."""
    return {number: signal.getsignal(number) for number in (signal.SIGINT, *_ENDING)}


def logged() -> dict[str, object]:
    """Return what becomes of a line that is logged."""
    return {"at all": logging.root.manager.disable, "handlers": logging.root.handlers[:]} | {
        name: (logger.level, logger.propagate, logger.disabled)
        for name, logger in (("root", logging.root), *((name, logging.getLogger(name)) for name in OWN))
    }


_ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGTSTP, signal.SIGQUIT)


def _hear() -> None:
    """Hear the signals that the caller has ignored: a shell that runs it in the background, `nohup`."""
    for number in _ENDING:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
